/** Large bodies and attachments on their way from the server: how far each is, continued and stopped. */
import type { Engine } from '@/ipc/engine';
import type { Download, Event, OpenedMessage } from '@/ipc/generated';
import { bytes } from '@/text/format';
import { t } from '@/text/text.svelte';
import type { UndoBar } from './undo.svelte';

/** Downloads that are over and still remembered; the oldest go first. */
const OVER_MAX = 200;

function key(message: number, section: string): string {
  return `${message}/${section}`;
}

/** Returns how far a download is, 0 to 100; null while that is not known. */
export function percent(download: Download): number | null {
  return download.total > 0 ? Math.min(100, (100 * download.done) / download.total) : null;
}

/** Returns how much of it is here, in words. */
export function soFar(download: Download): string {
  const done = bytes(download.done);
  return download.total > 0 ? t('download-part', { done, total: bytes(download.total) }) : done;
}

/** The downloads. */
export class Downloads {
  #all = $state.raw<ReadonlyMap<string, Download>>(new Map());

  constructor(
    private readonly engine: Engine,
    private readonly undo: UndoBar,
  ) {}

  /** Asks for everything again. */
  async load(): Promise<void> {
    const all = await this.engine.call('downloads.list', {});
    this.#all = new Map(all.map((one) => [key(one.message, one.section), one]));
  }

  /** Takes what happened. */
  hear(event: Event): void {
    if (event.kind !== 'downloadChanged') return;
    const { download } = event;
    const all = new Map(this.#all);
    // What changed last stands last.
    all.delete(key(download.message, download.section));
    all.set(key(download.message, download.section), download);
    const over = [...all].filter(([, one]) => one.state !== 'running');
    for (const [old] of over.slice(0, Math.max(0, over.length - OVER_MAX))) all.delete(old);
    this.#all = all;
  }

  /** The download of a part; an empty section means the whole message. Undefined when none was begun, or nothing of it came. */
  of(message: number, section: string, opened?: OpenedMessage): Download | undefined {
    const told = opened?.downloads.find((one) => one.section === section);
    const found = this.#all.get(key(message, section)) ?? told;
    return found?.state === 'stopped' && found.done === 0 ? undefined : found;
  }

  /** Fetches what is missing of a part. */
  async begin(message: number, section: string): Promise<void> {
    try {
      await this.engine.call('downloads.begin', { message, section });
    } catch (thrown) {
      this.undo.fail(thrown, () => this.begin(message, section));
    }
  }

  /** Stops a download; what came stays. */
  async cancel(message: number, section: string): Promise<void> {
    try {
      await this.engine.call('downloads.cancel', { message, section });
    } catch (thrown) {
      this.undo.fail(thrown);
    }
  }
}
