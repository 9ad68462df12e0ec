/** Completion of searches, in English and Chinese. */
import { beforeEach, describe, expect, it } from 'vitest';
import { completed, operatorsFor, recent, remember, wordAt } from '@/feature/search/completion';

beforeEach(() => localStorage.clear());

describe('completion of a search', () => {
  it.each([
    ['fr', ['from:']],
    ['is', ['is:unread', 'is:starred']],
    ['发', ['from:']],
    ['from:', []],
    ['', []],
    ['hello', []],
  ])('offers for %s', (word, texts) => {
    expect(operatorsFor(word).map((operator) => operator.text)).toEqual(texts);
  });

  it('replaces the word at the caret alone, and keeps a minus', () => {
    const [unread] = operatorsFor('is:u');
    if (!unread) throw new Error('nothing is offered');
    expect(completed('proof -is:u later', 11, unread)).toEqual({ text: 'proof -is:unread later', caret: 16 });
    expect(wordAt('proof (fr', 9)).toEqual({ start: 7, word: 'fr' });
  });

  it('remembers searches, the newest first, each once', () => {
    for (const text of ['a', 'b', ' a ', '']) remember(text);
    expect(recent()).toEqual(['a', 'b']);
    localStorage.setItem('searches', '{');
    expect(recent()).toEqual([]);
  });
});
