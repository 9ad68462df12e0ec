/**
 * The rows of a view that are here: pages of 128, at most 64 of them, least recently used ones dropped.
 *
 * Plain data without reactivity. A delta renumbers what is here and leaves holes where rows came; a page with a hole
 * is fetched again when it is looked at. A row that moved with its conversation is shown at its new place at once. Rows of another version than ours are refused, so no answer that was
 * overtaken by a delta ever shows.
 */
import type { Row, ViewDelta } from '@/ipc/generated';

/** Rows in a page; the engine's first window is one. */
export const PAGE = 128;
/** Pages kept: 8,192 rows, about 4 MB. */
export const PAGES_MAX = 64;

/** Where a row went: its number after a delta; null when it is gone. */
export type Renumber = (index: number) => number | null;

interface Page {
  rows: (Row | undefined)[];
  stale: boolean;
}

/** Returns how many numbers of the ascending `list` are below `limit`. */
function countBelow(list: readonly number[], limit: number): number {
  let low = 0;
  let high = list.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((list[middle] ?? Infinity) < limit) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** Returns the renumbering of a delta: first what went (numbers before), then what came (numbers after). */
export function renumbering(delta: Pick<ViewDelta, 'removed' | 'inserted'>): Renumber {
  return (index) => {
    const gone = countBelow(delta.removed, index);
    if (delta.removed[gone] === index) return null;
    let after = index - gone;
    for (const inserted of delta.inserted) {
      if (inserted > after) break;
      after += 1;
    }
    return after;
  };
}

/** The rows of one view. */
export class Rows {
  #pages = new Map<number, Page>();
  #version = 0;
  #total = 0;

  /** The version that the rows belong to. */
  get version(): number {
    return this.#version;
  }

  /** Rows in all. */
  get total(): number {
    return this.#total;
  }

  /** Begins again with the first window of a view. */
  reset(version: number, total: number, rows: readonly Row[] = []): void {
    this.#pages.clear();
    this.#version = version;
    this.#total = total;
    if (rows.length > 0) this.#store(0, rows);
  }

  /** Returns a row that is here. */
  get(index: number): Row | undefined {
    return this.#pages.get(Math.floor(index / PAGE))?.rows[index % PAGE];
  }

  /** Returns the number of the row that a message stands for, when it is here. */
  indexOf(message: number): number | null {
    for (const [number, page] of this.#pages) {
      const at = page.rows.findIndex((row) => row?.message === message);
      if (at >= 0) return number * PAGE + at;
    }
    return null;
  }

  /** Returns the pages that have to be fetched to show the rows from `first` to `last`, inclusive. */
  missing(first: number, last: number): number[] {
    const wanted: number[] = [];
    if (this.#total === 0) return wanted;
    const from = Math.floor(Math.max(0, first) / PAGE);
    const to = Math.floor(Math.min(this.#total - 1, last) / PAGE);
    for (let number = from; number <= to; number += 1) {
      const page = this.#pages.get(number);
      if (!page || page.stale || this.#hasHole(number, page)) wanted.push(number);
      else this.#touch(number, page);
    }
    return wanted;
  }

  /** Takes rows that were fetched; false when they belong to another version. */
  put(start: number, version: number, total: number, rows: readonly Row[]): boolean {
    if (version !== this.#version) return false;
    this.#total = total;
    this.#store(start, rows);
    return true;
  }

  /** Applies a delta; null when it does not follow ours and everything has to be asked for again. */
  apply(delta: ViewDelta): Renumber | null {
    if (delta.reset || delta.fromVersion !== this.#version) {
      this.reset(delta.version, delta.total);
      return null;
    }
    const renumber = renumbering(delta);
    const changed = new Set(delta.changed);
    const moves = new Map(delta.moved.map((move) => [move.from, move]));
    const stale = new Set<number>();
    const moved = new Map<number, (Row | undefined)[]>();
    for (const [number, page] of this.#pages) {
      page.rows.forEach((row, at) => {
        const move = moves.get(number * PAGE + at);
        const index = row && (move ? move.to : renumber(number * PAGE + at));
        if (row === undefined || index === null || index === undefined) return;
        const target = Math.floor(index / PAGE);
        const rows = moved.get(target) ?? [];
        rows[index % PAGE] = move ? { ...row, message: move.message } : row;
        moved.set(target, rows);
        if (page.stale || delta.stale || move || changed.has(row.message)) stale.add(target);
      });
    }
    this.#pages = new Map([...moved].map(([number, rows]) => [number, { rows, stale: stale.has(number) }]));
    this.#version = delta.version;
    this.#total = delta.total;
    this.#trim();
    return renumber;
  }

  #hasHole(number: number, page: Page): boolean {
    const length = Math.min(PAGE, this.#total - number * PAGE);
    for (let at = 0; at < length; at += 1) if (!page.rows[at]) return true;
    return false;
  }

  #store(start: number, rows: readonly Row[]): void {
    for (let at = 0; at < rows.length; at += PAGE) {
      const number = Math.floor((start + at) / PAGE);
      this.#touch(number, { rows: rows.slice(at, at + PAGE), stale: false });
    }
    this.#trim();
  }

  #touch(number: number, page: Page): void {
    this.#pages.delete(number);
    this.#pages.set(number, page);
  }

  #trim(): void {
    for (const number of this.#pages.keys()) {
      if (this.#pages.size <= PAGES_MAX) return;
      this.#pages.delete(number);
    }
  }
}
