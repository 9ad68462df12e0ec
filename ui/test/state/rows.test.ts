/** The window of rows that is kept, and how deltas renumber it. */
import { describe, expect, it } from 'vitest';
import type { Row } from '@/ipc/generated';
import { PAGE, PAGES_MAX, renumbering, Rows } from '@/state/rows';
import { row } from '../mail';

const delta = (part: object) => ({
  view: 1,
  fromVersion: 1,
  version: 2,
  total: 0,
  unread: 0,
  reset: false,
  removed: [],
  inserted: [],
  moved: [],
  changed: [],
  counting: false,
  stale: false,
  ...part,
});
const page = (from: number, length = PAGE): Row[] => Array.from({ length }, (_, at) => row(from + at));

/** Does to a plain array what a delta says. */
function naive(list: (number | null)[], removed: number[], inserted: number[]): (number | null)[] {
  const left = list.filter((_, at) => !removed.includes(at));
  for (const at of inserted) left.splice(at, 0, null);
  return left;
}

describe('renumbering', () => {
  it('agrees with a plain array, whatever comes and goes', () => {
    let seed = 7;
    const random = (below: number) => (seed = (seed * 48_271) % 2_147_483_647) % below;
    for (let round = 0; round < 200; round += 1) {
      const before = Array.from({ length: 30 }, (_, at) => at);
      const removed = before.filter(() => random(5) === 0);
      const length = 30 - removed.length;
      const inserted: number[] = [];
      for (let at = 0; at < length + inserted.length; at += 1) if (random(6) === 0) inserted.push(at);
      const after = naive(before, removed, inserted);
      const renumber = renumbering({ removed, inserted });
      for (const at of before) {
        const expected = after.indexOf(at);
        expect(renumber(at)).toBe(expected < 0 ? null : expected);
      }
    }
  });
});

describe('Rows', () => {
  it('asks for what is missing and keeps what came', () => {
    const rows = new Rows();
    rows.reset(1, 1000, page(0));
    expect(rows.missing(0, 100)).toEqual([]);
    expect(rows.missing(100, 300)).toEqual([1, 2]);
    expect(rows.put(PAGE, 1, 1000, page(PAGE))).toBe(true);
    expect(rows.get(200)?.message).toBe(201);
    expect(rows.indexOf(201)).toBe(200);
  });

  it('refuses rows of another version', () => {
    const rows = new Rows();
    rows.reset(3, 1000, page(0));
    expect(rows.put(PAGE, 2, 1000, page(PAGE))).toBe(false);
    expect(rows.get(PAGE)).toBeUndefined();
  });

  it('shifts rows by a delta and leaves a hole where one came', () => {
    const rows = new Rows();
    rows.reset(1, 300, page(0));
    const renumber = rows.apply(delta({ total: 300, removed: [1], inserted: [0] }));
    expect(renumber?.(0)).toBe(1);
    expect(renumber?.(1)).toBeNull();
    expect(rows.get(0)).toBeUndefined();
    expect(rows.get(1)?.message).toBe(1);
    expect(rows.get(2)?.message).toBe(3);
    expect(rows.missing(0, 10)).toEqual([0]);
    expect(rows.version).toBe(2);
  });

  it('fetches again what reads differently, and shows the old row until then', () => {
    const rows = new Rows();
    rows.reset(1, 100, page(0, 100));
    rows.apply(delta({ total: 100, changed: [5] }));
    expect(rows.get(4)?.message).toBe(5);
    expect(rows.missing(0, 10)).toEqual([0]);
  });

  it('shows a row that moved at its new place at once, and fetches it again', () => {
    const rows = new Rows();
    rows.reset(1, 300, page(0));
    const moved = [{ from: 40, to: 0, message: 777 }];
    rows.apply(delta({ total: 300, removed: [40], inserted: [0], moved }));
    expect(rows.get(0)).toEqual({ ...row(40), message: 777 });
    expect(rows.get(1)?.message).toBe(1);
    expect(rows.missing(0, 10)).toEqual([0]);
  });

  it('keeps what is shown when any row may read differently, and fetches it again', () => {
    const rows = new Rows();
    rows.reset(1, 300, page(0));
    rows.apply(delta({ total: 300, stale: true }));
    expect(rows.get(5)?.message).toBe(6);
    expect(rows.missing(0, 10)).toEqual([0]);
  });

  it('asks for rows that were found behind the last one', () => {
    const rows = new Rows();
    rows.reset(1, 100, page(0, 100));
    rows.apply(delta({ total: 300 }));
    expect(rows.get(99)?.message).toBe(100);
    expect(rows.missing(0, 200)).toEqual([0, 1]);
  });

  it('forgets everything when a delta was missed or says so', () => {
    for (const part of [{ fromVersion: 4, version: 5 }, { reset: true }]) {
      const rows = new Rows();
      rows.reset(1, 100, page(0, 100));
      expect(rows.apply(delta({ total: 50, ...part }))).toBeNull();
      expect(rows.get(0)).toBeUndefined();
      expect(rows.total).toBe(50);
      expect(rows.missing(0, 49)).toEqual([0]);
    }
  });

  it('holds no more than its limit', () => {
    const rows = new Rows();
    rows.reset(1, 1_000_000);
    for (let number = 0; number < PAGES_MAX + 10; number += 1)
      rows.put(number * PAGE, 1, 1_000_000, page(number * PAGE));
    expect(rows.get(0)).toBeUndefined();
    expect(rows.get(PAGE * (PAGES_MAX + 9))).toBeDefined();
  });
});
