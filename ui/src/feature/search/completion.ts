/** What can be typed at the caret of a search: operators with what they mean, in English and Chinese, and what was searched before. */
import type { Key } from '@/text/keys';

/** An operator that is offered. */
export interface Operator {
  /** As it is written. */
  text: string;
  /** What it does, in words. */
  words: Key;
  /** The Chinese form, which means the same. */
  alias?: string;
}

/** Operators in the order in which they are offered. */
const OPERATORS: readonly Operator[] = [
  { text: 'from:', words: 'search-from', alias: '发件人:' },
  { text: 'to:', words: 'search-to', alias: '收件人:' },
  { text: 'subject:', words: 'search-subject', alias: '主题:' },
  { text: 'has:attachment', words: 'search-has', alias: '附件:' },
  { text: 'is:unread', words: 'search-unread' },
  { text: 'is:starred', words: 'search-starred' },
  { text: 'before:', words: 'search-before' },
  { text: 'after:', words: 'search-after' },
  { text: 'in:', words: 'search-in' },
  { text: 'filename:', words: 'search-filename' },
  { text: 'larger:', words: 'search-larger' },
];

/** The word that the caret stands at the end of, and where it begins. */
export function wordAt(text: string, caret: number): { start: number; word: string } {
  const before = text.slice(0, caret);
  const start = Math.max(before.lastIndexOf(' '), before.lastIndexOf('('), before.lastIndexOf('　')) + 1;
  return { start, word: before.slice(start).replace(/^-/, '') };
}

/** Returns the operators that a beginning can become; none for a word that is complete or empty. */
export function operatorsFor(word: string): Operator[] {
  if (word === '') return [];
  const wanted = word.toLowerCase().replace('：', ':');
  return OPERATORS.filter(
    ({ text, alias }) =>
      (text.startsWith(wanted) && text !== wanted) || (alias?.startsWith(wanted) === true && alias !== wanted),
  );
}

/** Replaces the word at the caret; answers with the text and the new caret. A finished operator gets its space. */
export function completed(text: string, caret: number, operator: Operator): { text: string; caret: number } {
  const { start, word } = wordAt(text, caret);
  const minus = text[start] === '-' ? '-' : '';
  const rest = text.slice(start + minus.length + word.length);
  const inserted = `${minus}${operator.text}${operator.text.endsWith(':') || rest.startsWith(' ') ? '' : ' '}`;
  return { text: text.slice(0, start) + inserted + rest, caret: start + inserted.length };
}

const REMEMBERED = 'searches';
/** Searches that are remembered. */
const MOST = 8;

/** Returns what was searched before, the newest first. */
export function recent(): string[] {
  try {
    const stored: unknown = JSON.parse(localStorage.getItem(REMEMBERED) ?? '[]');
    return Array.isArray(stored) ? stored.filter((text) => typeof text === 'string').slice(0, MOST) : [];
  } catch {
    return [];
  }
}

/** Remembers a search. */
export function remember(text: string): void {
  const words = text.trim();
  if (words === '') return;
  localStorage.setItem(
    REMEMBERED,
    JSON.stringify([words, ...recent().filter((other) => other !== words)].slice(0, MOST)),
  );
}
