/**
 * Templates: their fields are filled in with what the draft knows.
 *
 * A field that nothing is known for stays as it is written, in sight; whoever sends it so is asked first. Values are text:
 * nothing in somebody's name becomes formatting.
 */
import type { Address } from '@/ipc/generated';

/** What fields are filled with. */
export interface Facts {
  /** The first recipient; null while there is none. */
  to: Address | null;
  from: Address;
  subject: string;
  /** Today, in the user's language. */
  date: string;
}

/** A field. */
export type FieldName = 'name' | 'first' | 'email' | 'me' | 'date' | 'subject';

/** Fields as they are written in each language; all of them are understood everywhere. */
const WORDS: Record<FieldName, readonly [en: string, zh: string]> = {
  name: ['name', '姓名'],
  first: ['first', '名字'],
  email: ['email', '邮箱'],
  me: ['me', '我'],
  date: ['date', '日期'],
  subject: ['subject', '主题'],
};

/** Names of all fields, in the order in which they are offered. */
export const FIELD_NAMES: readonly FieldName[] = ['name', 'first', 'email', 'me', 'date', 'subject'];

const BY_WORD = new Map(FIELD_NAMES.flatMap((name) => WORDS[name].map((word) => [word, name] as const)));
const PATTERN = /\{\s*([\p{L}]{1,12})\s*\}/gu;

/** Returns a field as it is written in a language. */
export function fieldText(name: FieldName, language: string): string {
  return `{${WORDS[name][language.startsWith('zh') ? 1 : 0]}}`;
}

/** Returns what somebody is called in a greeting: `Berg, Anna` and `Anna Berg` are Anna; a Chinese name stays whole. */
function firstName(name: string): string {
  const turned = /^([^,]+),\s*(.+)$/u.exec(name.trim());
  const words = (turned?.[2] ?? name).trim();
  return /\p{Script=Han}/u.test(words) ? words : (words.split(/\s+/u)[0] ?? '');
}

function valueOf(name: FieldName, { to, from, subject, date }: Facts): string {
  switch (name) {
    case 'name':
      return to?.name ?? '';
    case 'first':
      return firstName(to?.name ?? '');
    case 'email':
      return to?.email ?? '';
    case 'me':
      return from.name;
    case 'date':
      return date;
    case 'subject':
      return subject;
  }
}

/** Fills in the fields of a text. */
export function filled(text: string, facts: Facts): string {
  return text.replace(PATTERN, (written: string, word: string) => {
    const name = BY_WORD.get(word.toLowerCase());
    return (name && valueOf(name, facts)) || written;
  });
}

/** Fills in the fields of HTML, in its text alone: not in links or styles. */
export function filledHtml(html: string, facts: Facts): string {
  const page = new DOMParser().parseFromString(html, 'text/html');
  const walker = page.createTreeWalker(page.body, NodeFilter.SHOW_TEXT);
  while (walker.nextNode()) walker.currentNode.nodeValue = filled(walker.currentNode.nodeValue ?? '', facts);
  return page.body.innerHTML;
}

/** Returns the first field that nobody filled in, as it is written; empty where there is none. */
export function unfilled(text: string): string {
  return [...text.matchAll(PATTERN)].find((match) => BY_WORD.has((match[1] ?? '').toLowerCase()))?.[0] ?? '';
}
