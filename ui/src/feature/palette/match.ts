/** Finds what was typed in a list of words: the beginning of a word counts most, then anywhere, then letters in order. */

/** A match: how good (less is better) and which characters. */
export interface Match {
  rank: number;
  start: number;
  end: number;
}

/** Returns how `typed` is found in `text`; null when it is not. An empty `typed` matches everything. */
export function match(text: string, typed: string): Match | null {
  const wanted = typed.trim().toLowerCase();
  if (wanted === '') return { rank: 3, start: 0, end: 0 };
  const where = text.toLowerCase();
  const at = where.indexOf(wanted);
  if (at === 0) return { rank: 0, start: 0, end: wanted.length };
  const inner = where.search(new RegExp(`(?<=[\\s/·-])${wanted.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')}`, 'u'));
  if (inner > 0) return { rank: 1, start: inner, end: inner + wanted.length };
  return at > 0 ? { rank: 2, start: at, end: at + wanted.length } : null;
}
