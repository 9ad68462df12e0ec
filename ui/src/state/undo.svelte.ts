/**
 * The one bar that says what was just done and takes it back: 20 deep, each shown for ten seconds, the newest on top.
 *
 * It also says what failed, with the step that helps. It never takes the focus.
 */
import { asEngineError, type Engine } from '@/ipc/engine';
import type { Error as EngineErrorData, Event, Undoable } from '@/ipc/generated';
import { describe } from '@/text/problem';
import type { Key } from '@/text/keys';
import { t } from '@/text/text.svelte';

/** Steps that can be taken back in one session. */
const DEPTH = 20;
/** How long a line stays, milliseconds. */
const SHOWN_MS = 10_000;
/** How long an offer stays that somebody who looks away must not miss. */
const OFFER_MS = 60_000;

/** What the bar says. */
export interface Line {
  text: string;
  detail: string;
  /** It tells of a failure. */
  failed: boolean;
  /** The words of its button; empty when there is nothing to do. */
  action: string;
  run: () => void | Promise<void>;
  /** Its button takes back what was done last, as the key for that does. */
  undoes?: true;
  /** What it is about, for taking it back when that has changed; absent where nothing changes it. */
  about?: string;
}

/** Words, or how to ask for them. */
type Words = string | (() => string);

const spoken = (words: Words): string => (typeof words === 'function' ? words() : words);

const DONE: Record<string, Key> = {
  read: 'done-read',
  unread: 'done-unread',
  star: 'done-star',
  unstar: 'done-unstar',
  move: 'done-move',
  copy: 'done-copy',
  archive: 'done-archive',
  trash: 'done-trash',
  delete: 'done-delete',
  junk: 'done-junk',
  notJunk: 'done-not-junk',
  markAllRead: 'done-mark-all-read',
  empty: 'done-empty',
  moveMailbox: 'done-move-mailbox',
  subscribe: 'done-subscribe',
  unsubscribe: 'done-unsubscribe',
  createMailbox: 'done-create-mailbox',
  renameMailbox: 'done-rename-mailbox',
  deleteMailbox: 'done-delete-mailbox',
  split: 'done-split',
  merge: 'done-merge',
  rejoin: 'done-rejoin',
  separate: 'done-separate',
};

/** Returns what was done, in words. */
export function doneWords(done: Pick<Undoable, 'action' | 'count' | 'folder'>): string {
  const key = DONE[done.action];
  return key ? t(key, { count: done.count, folder: done.folder }) : done.action;
}

/** What can be taken back, and the line that is shown. */
export class UndoBar {
  /** The line on screen. */
  line = $state.raw<Line | null>(null);
  #stack = $state.raw<{ operation: number; words: string }[]>([]);
  #timer: ReturnType<typeof setTimeout> | undefined;

  /** Offers to delete for good what found no room in the trash. Set by whoever can ask the user. */
  instead: (operation: number, count: number) => void = () => undefined;

  constructor(private readonly engine: Engine) {}

  /** True when something can be taken back. */
  get canUndo(): boolean {
    return this.#stack.length > 0;
  }

  /** Says that something was done. */
  push(done: Undoable): void {
    if (done.count === 0) return;
    const words = doneWords(done);
    if (done.operation === null) return this.say(words);
    this.#stack = [...this.#stack, { operation: done.operation, words }].slice(-DEPTH);
    const run = () => this.undo();
    this.#show({ text: words, detail: '', failed: false, action: t('command-undo'), undoes: true, run });
  }

  /** Takes the newest step back. */
  async undo(): Promise<void> {
    const last = this.#stack.at(-1);
    if (!last) return;
    this.#stack = this.#stack.slice(0, -1);
    try {
      await this.engine.call('operations.undo', { id: last.operation });
      this.say(t('done-undone', { what: last.words }));
    } catch (thrown) {
      this.fail(thrown);
    }
  }

  /** Says a sentence with nothing to do. */
  say(text: string): void {
    this.#show({ text, detail: '', failed: false, action: '', run: () => undefined });
  }

  /**
   * Offers a step for a while of its own: taking back what was sent. Words that are asked for follow the language while
   * they stand. `about`: see [`withdraw`].
   */
  offer(text: Words, action: Words, shownMs: number, run: () => Promise<void>, about?: string): void {
    if (shownMs <= 0) return this.say(spoken(text));
    const step = () => run().catch((thrown: unknown) => this.fail(thrown));
    const line: Line = {
      get text() {
        return spoken(text);
      },
      get action() {
        return spoken(action);
      },
      detail: '',
      failed: false,
      run: step,
      ...(about === undefined ? {} : { about }),
    };
    this.#show(line, shownMs);
  }

  /** Puts the line away when it offers something about this. */
  withdraw(about: string): void {
    if (this.line?.about === about) this.dismiss();
  }

  /** Says what failed; `retry` is offered when it is given. */
  fail(thrown: unknown, retry?: () => void | Promise<void>): void {
    this.#showProblem(asEngineError(thrown).data, retry);
  }

  /** Puts the line away. */
  dismiss(): void {
    clearTimeout(this.#timer);
    this.line = null;
  }

  /** Takes what happened. */
  hear(event: Event): void {
    if (event.kind !== 'operationRefused') return;
    this.#stack = this.#stack.filter((step) => step.operation !== event.operation);
    const { operation, action, count, error } = event;
    if (error.code !== 'overQuota' || action !== 'trash') return this.#showProblem(error);
    const run = () => this.instead(operation, count);
    const line = { text: t('instead-line'), detail: error.detail, failed: true, action: t('instead-action'), run };
    this.#show(line, OFFER_MS);
  }

  #showProblem(error: EngineErrorData, retry?: () => void | Promise<void>): void {
    if (error.code === 'cancelled') return;
    const problem = describe(error);
    this.#show({
      text: problem.title,
      detail: problem.detail || problem.hint,
      failed: true,
      action: retry ? t('retry') : '',
      run: retry ?? (() => undefined),
    });
  }

  #show(line: Line, shownMs = SHOWN_MS): void {
    clearTimeout(this.#timer);
    this.line = line;
    this.#timer = setTimeout(() => (this.line = null), shownMs);
  }
}
