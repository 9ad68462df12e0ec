/**
 * The drafts of this computer: everything that was begun and neither sent nor thrown away, open or not.
 *
 * Most have a copy in the server's Drafts folder, which the list of that folder shows. Such a draft is drawn in its copy's row,
 * as it was written last; the others stand beside the folder's messages. So each is seen once.
 */
import type { Engine } from '@/ipc/engine';
import type { Draft, Event, Row } from '@/ipc/generated';

/** Letters of a draft's text that a row has room for. */
const SHOWN = 200;

/** Drafts that are kept here. */
export class Drafts {
  #all = $state.raw<Draft[]>([]);
  #hidden = $state.raw<ReadonlySet<number>>(new Set());
  /** All but those that are being thrown away, the newest first. */
  readonly list = $derived(this.#all.filter((draft) => !this.#hidden.has(draft.id)));
  /** Those that no folder shows. */
  readonly alone = $derived(this.list.filter((draft) => draft.copyMessage === null));
  readonly #copied = $derived(
    new Map(this.#all.flatMap((draft) => (draft.copyMessage === null ? [] : [[draft.copyMessage, draft] as const]))),
  );
  #ticket = 0;

  constructor(private readonly engine: Engine) {}

  /** Asks for the drafts; an answer that was overtaken is dropped. */
  async load(): Promise<void> {
    const ticket = ++this.#ticket;
    const list = await this.engine.call('drafts.list', {});
    if (ticket === this.#ticket) this.#all = list;
  }

  /** Returns the row of a copy as its draft was written last; other rows as they are. */
  written(row: Row): Row {
    const draft = this.#copied.get(row.message);
    if (!draft) return row;
    const { subject, to, text, attachments } = draft;
    const files = attachments.some((file) => !file.inline);
    return {
      ...row,
      subject,
      people: to,
      preview: text.slice(0, SHOWN),
      attachments: files,
      outgoing: true,
      draft: true,
    };
  }

  /** Tells whether a row is that of a draft that is about to go. */
  isGoing(row: Row): boolean {
    const draft = this.#copied.get(row.message);
    return draft !== undefined && this.#hidden.has(draft.id);
  }

  /** Returns a draft of this computer as it was heard of last. */
  byId(id: number): Draft | undefined {
    return this.#all.find((draft) => draft.id === id);
  }

  /** Hides a draft that is about to go. */
  hide(id: number): void {
    this.#hidden = new Set(this.#hidden).add(id);
  }

  /** Shows it again, where it is still there. */
  unhide(id: number): void {
    this.#hidden = new Set([...this.#hidden].filter((other) => other !== id));
  }

  /** Returns a draft as it is now. */
  get(id: number): Promise<Draft> {
    return this.engine.call('drafts.get', { id });
  }

  /** Takes what happened. */
  hear(event: Event): void {
    // What is on screen stays when this fails; the next change asks again.
    if (event.kind === 'draftsChanged' || event.kind === 'outboxChanged') void this.load().catch(() => undefined);
  }
}
