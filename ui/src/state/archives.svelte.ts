/** Mail on its way from files and into files: how far each import and export is, and what came of it. */
import type { Engine } from '@/ipc/engine';
import type { ArchiveFormat, ArchiveJob, Event } from '@/ipc/generated';
import { count } from '@/text/format';
import { t } from '@/text/text.svelte';
import type { Actions } from './actions';
import type { UndoBar } from './undo.svelte';

/** Returns what came of a job, in sentences. */
export function outcome(job: ArchiveJob): string {
  const words = (key: 'archive-imported' | 'archive-exported') => t(key, { count: job.messages });
  const parts = [words(job.exporting ? 'archive-exported' : 'archive-imported')];
  if (job.known > 0) parts.push(t('archive-known', { count: job.known }));
  if (job.skipped > 0) parts.push(t('archive-skipped', { count: job.skipped }));
  if (job.unreadable > 0) parts.push(t('archive-unreadable', { count: job.unreadable }));
  if (job.stage === 'cancelled') parts.push(t('archive-cancelled'));
  if (job.stage === 'failed') parts.push(t('archive-failed', { reason: job.error }));
  return parts.join(' ');
}

/** Returns how far a job is, 0 to 100; null while that is not known. */
export function percent(job: ArchiveJob): number | null {
  return job.total > 0 ? Math.min(100, Math.round((100 * job.done) / job.total)) : null;
}

/** Returns one line for a job under way. */
export function underWay(job: ArchiveJob): string {
  const done = percent(job);
  const words = { count: count(job.messages), percent: done ?? 0 };
  if (done === null) return t(job.exporting ? 'archive-exporting' : 'archive-importing');
  return t(job.exporting ? 'archive-exporting-part' : 'archive-importing-part', words);
}

/** The imports and exports. */
export class Archives {
  /** All that are not put away, the newest first. */
  list = $state.raw<ArchiveJob[]>([]);
  /** The folder into which files are to be imported; null while nobody asks. */
  importInto = $state<number | null>(null);
  /** The folder that is to be exported; null while nobody asks. */
  exportOf = $state<number | null>(null);

  constructor(
    private readonly engine: Engine,
    private readonly undo: UndoBar,
    private readonly actions: Actions,
  ) {}

  /** Those under way. */
  readonly running = $derived(this.list.filter((job) => job.stage === 'running'));

  /** Asks for everything again. */
  async load(): Promise<void> {
    this.list = await this.engine.call('archives.list', {});
  }

  /** Takes what happened. */
  hear(event: Event): void {
    if (event.kind !== 'archiveChanged') return;
    const { job } = event;
    const before = this.list.find((one) => one.id === job.id);
    this.list = before ? this.list.map((one) => (one.id === job.id ? job : one)) : [job, ...this.list];
    if (before?.stage === 'running' && job.stage !== 'running') this.undo.say(outcome(job));
  }

  /** Lets the user choose files or a folder and imports them. */
  async import(mailbox: number, what: 'files' | 'folder'): Promise<void> {
    const folder = what === 'folder' ? await this.engine.pickFolder() : null;
    const paths = what === 'files' ? await this.engine.pickFiles() : folder === null ? [] : [folder];
    if (paths.length === 0) return;
    this.importInto = null;
    await this.#begin(() => this.engine.call('archives.import', { paths, mailbox }));
  }

  /** Lets the user choose a place and exports a folder there. */
  async export(mailbox: number, format: ArchiveFormat, below: boolean): Promise<void> {
    const path = await this.engine.pickFolder();
    if (path === null) return;
    this.exportOf = null;
    await this.#begin(() => this.engine.call('archives.export', { mailbox, path, format, below }));
  }

  /** Asks what goes into a folder; without one, makes one of this computer first. */
  async askImport(mailbox: number | null): Promise<void> {
    this.importInto = mailbox ?? (await this.actions.createLocalMailbox());
  }

  /** Stops a job. */
  async cancel(job: ArchiveJob): Promise<void> {
    await this.#try(() => this.engine.call('archives.cancel', { id: job.id }));
  }

  /** Puts a job away that is over. */
  async forget(job: ArchiveJob): Promise<void> {
    this.list = this.list.filter((one) => one.id !== job.id);
    await this.#try(() => this.engine.call('archives.forget', { id: job.id }));
  }

  async #begin(call: () => Promise<ArchiveJob>): Promise<void> {
    await this.#try(async () => {
      const job = await call();
      if (!this.list.some((one) => one.id === job.id)) this.list = [job, ...this.list];
    });
  }

  async #try(call: () => Promise<unknown>): Promise<void> {
    try {
      await call();
    } catch (thrown) {
      this.undo.fail(thrown);
    }
  }
}
