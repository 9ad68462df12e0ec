/** A maildrop as a person sees it: rows read while somebody looks, their order, what is marked, and what is done. */
import type { Engine } from '@/ipc/engine';
import type { Error, MaildropChanges, MaildropOutcome, MaildropRow, MaildropState } from '@/ipc/generated';
import { asEngineError } from '@/ipc/engine';

/** How long one call waits for a change. */
const WAIT_MS = 5000;
/** How long after a failed call the next one is made. */
const AGAIN_MS = 2000;

/** What rows are ordered by. */
export type DropSort = 'from' | 'subject' | 'size' | 'at' | 'here' | 'fate';
/** Which rows are shown. */
export type DropFilter = 'all' | 'missing' | 'large' | 'leaving';
/** Bytes from which a message is called large. */
const LARGE = 5_000_000;

const HERE = { nothing: 0, deleted: 1, head: 2, whole: 3 } as const;
const FATE = { next: 0, later: 1, stays: 2, kept: 3 } as const;

/** Compares two rows; equal ones stand as they came, the newest first. */
function compare(a: MaildropRow, b: MaildropRow, by: DropSort): number {
  switch (by) {
    case 'from':
      return (a.from?.name || a.from?.email || '').localeCompare(b.from?.name || b.from?.email || '');
    case 'subject':
      return a.subject.localeCompare(b.subject);
    case 'size':
      return a.size - b.size;
    case 'at':
      return (a.at ?? 0) - (b.at ?? 0) || a.number - b.number;
    case 'here':
      return HERE[a.here] - HERE[b.here];
    case 'fate':
      return FATE[a.fate] - FATE[b.fate] || (a.leavesAt ?? 0) - (b.leavesAt ?? 0);
  }
}

/** Returns the rows that contain words and belong to a kind, in an order. */
export function arranged(
  rows: Iterable<MaildropRow>,
  words: string,
  filter: DropFilter,
  by: DropSort,
  ascending: boolean,
): MaildropRow[] {
  const wanted = words.trim().toLowerCase();
  const found = [...rows].filter((row) => {
    if (filter === 'missing' && row.here === 'whole') return false;
    if (filter === 'large' && row.size < LARGE) return false;
    if (filter === 'leaving' && row.fate !== 'next' && row.fate !== 'later') return false;
    if (wanted === '') return true;
    return `${row.from?.name ?? ''} ${row.from?.email ?? ''} ${row.subject}`.toLowerCase().includes(wanted);
  });
  const sign = ascending ? 1 : -1;
  return found.sort((a, b) => sign * compare(a, b, by) || b.number - a.number);
}

/** Proposes messages that are whole here and not kept, until they free so many bytes. */
export function proposal(rows: Iterable<MaildropRow>, bytes: number, by: 'size' | 'at'): MaildropRow[] {
  const safe = [...rows].filter((row) => row.here === 'whole' && row.fate !== 'kept');
  safe.sort((a, b) => (by === 'size' ? b.size - a.size : (a.at ?? 0) - (b.at ?? 0) || a.number - b.number));
  const chosen: MaildropRow[] = [];
  let freed = 0;
  for (const row of safe) {
    if (freed >= bytes) break;
    chosen.push(row);
    freed += row.size;
  }
  return chosen;
}

/** Returns the bytes of rows. */
export function total(rows: Iterable<MaildropRow>): number {
  let sum = 0;
  for (const row of rows) sum += row.size;
  return sum;
}

/** The maildrop of one account. */
export class Drop {
  state = $state<MaildropState>('idle');
  problem = $state.raw<Error | null>(null);
  done = $state(0);
  steps = $state(0);
  askedAt = $state<number | null>(null);
  count = $state(0);
  outcome = $state.raw<MaildropOutcome | null>(null);
  rows = $state.raw<ReadonlyMap<string, MaildropRow>>(new Map());
  marked = $state.raw<ReadonlySet<string>>(new Set());
  words = $state('');
  filter = $state<DropFilter>('all');
  sort = $state<DropSort>('at');
  ascending = $state(false);
  shown = $derived(arranged(this.rows.values(), this.words, this.filter, this.sort, this.ascending));
  chosen = $derived([...this.rows.values()].filter((row) => this.marked.has(row.uidl)));
  /** Row that the keys move from. */
  cursor = $state(0);
  #anchor = 0;
  #open = false;

  constructor(
    private readonly engine: Engine,
    readonly account: number,
  ) {}

  /** Looks, and follows what comes; returns the function that ends it. */
  open(): () => void {
    this.#open = true;
    void this.look();
    void this.#listen();
    return () => {
      this.#open = false;
      void this.engine.call('maildrops.close', { id: this.account }).catch(() => undefined);
    };
  }

  /** True while something is under way. */
  get busy(): boolean {
    return ['asking', 'waiting', 'heads', 'downloading', 'removing'].includes(this.state);
  }

  /** Asks the server anew. */
  look(): Promise<void> {
    return this.#begin('asking', () => this.engine.call('maildrops.look', { id: this.account }));
  }

  /** Downloads messages whole. */
  download(uidls: string[]): Promise<void> {
    return this.#begin('downloading', () => this.engine.call('maildrops.download', { account: this.account, uidls }));
  }

  /** Deletes messages on the server. */
  remove(uidls: string[]): Promise<void> {
    return this.#begin('removing', () => this.engine.call('maildrops.remove', { account: this.account, uidls }));
  }

  /** Stops what is under way; what came stays. */
  async stop(): Promise<void> {
    await this.engine.call('maildrops.stop', { id: this.account });
  }

  async #begin(state: MaildropState, ask: () => Promise<unknown>): Promise<void> {
    [this.state, this.problem, this.outcome] = [state, null, null];
    try {
      await ask();
    } catch (thrown) {
      [this.state, this.problem] = ['failed', asEngineError(thrown)];
    }
  }

  /** Orders by a column; a second time the other way round. */
  order(by: DropSort): void {
    if (this.sort === by) this.ascending = !this.ascending;
    else [this.sort, this.ascending] = [by, by === 'from' || by === 'subject'];
  }

  /** Marks one row alone, or with those that are marked. */
  press(index: number, how: { extend: boolean; toggle: boolean }): void {
    const row = this.shown[index];
    if (!row) return;
    if (how.extend) {
      const [from, to] = [Math.min(this.#anchor, index), Math.max(this.#anchor, index)];
      this.marked = new Set(this.shown.slice(from, to + 1).map((one) => one.uidl));
    } else if (how.toggle) {
      const marked = new Set(this.marked);
      if (!marked.delete(row.uidl)) marked.add(row.uidl);
      [this.marked, this.#anchor] = [marked, index];
    } else {
      [this.marked, this.#anchor] = [new Set([row.uidl]), index];
    }
    this.cursor = index;
  }

  /** Marks all rows that are shown, or none. */
  markAll(all: boolean): void {
    this.marked = new Set(all ? this.shown.map((row) => row.uidl) : []);
  }

  async #listen(): Promise<void> {
    let after = 0;
    while (this.#open) {
      try {
        const read = await this.engine.call('maildrops.read', { account: this.account, after, waitMs: WAIT_MS });
        if (!this.#open) return;
        after = read.version;
        this.#take(read);
      } catch (thrown) {
        [this.state, this.problem] = ['failed', asEngineError(thrown)];
        await new Promise((resolve) => setTimeout(resolve, AGAIN_MS));
      }
    }
  }

  #take(read: MaildropChanges): void {
    if (read.state !== 'idle') {
      [this.state, this.problem] = [read.state, read.problem];
      [this.done, this.steps, this.outcome] = [read.done, read.total, read.outcome];
    }
    [this.askedAt, this.count] = [read.askedAt, read.count];
    if (!read.anew && read.rows.length === 0 && read.gone.length === 0) return;
    const rows = new Map(read.anew ? [] : this.rows);
    for (const uidl of read.gone) rows.delete(uidl);
    for (const row of read.rows) rows.set(row.uidl, row);
    this.rows = rows;
    const marked = [...this.marked].filter((uidl) => rows.has(uidl));
    if (marked.length !== this.marked.size) this.marked = new Set(marked);
    this.cursor = Math.max(0, Math.min(this.cursor, rows.size - 1));
  }
}
