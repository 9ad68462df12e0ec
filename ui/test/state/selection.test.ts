/** Marked rows: some, or all but some. */
import { describe, expect, it } from 'vitest';
import { Marked } from '@/state/selection';

describe('Marked', () => {
  it('follows rows for which another message stands', () => {
    expect(
      Marked.of([3, 4])
        .renamed([
          [3, 9],
          [5, 6],
        ])
        .wire(7),
    ).toEqual({ kind: 'rows', view: 7, messages: [4, 9] });
    expect(
      Marked.everything
        .toggle(5)
        .renamed([[5, 6]])
        .wire(7),
    ).toEqual({ kind: 'all', view: 7, except: [6] });
  });

  it('marks single rows and takes the mark away', () => {
    const marked = Marked.none.toggle(3).toggle(4).toggle(3);
    expect(marked.has(4)).toBe(true);
    expect(marked.has(3)).toBe(false);
    expect(marked.size(10)).toBe(1);
    expect(marked.wire(7)).toEqual({ kind: 'rows', view: 7, messages: [4] });
  });

  it('marks everything but some without listing it', () => {
    const marked = Marked.everything.toggle(5);
    expect(marked.has(5)).toBe(false);
    expect(marked.has(999)).toBe(true);
    expect(marked.size(1_000_000)).toBe(999_999);
    expect(marked.wire(7)).toEqual({ kind: 'all', view: 7, except: [5] });
    expect(marked.add([5]).size(10)).toBe(10);
  });
});
