/** Finding over several messages: the order of the messages, around the end, and messages that come and go. */
import { beforeEach, describe, expect, it } from 'vitest';
import { Find, type FindRequest } from '@/state/find.svelte';

const TEXTS: Record<number, string> = { 1: 'one two two', 2: '', 3: 'two' };
let asked: [number, FindRequest][] = [];
let find = new Find(() => [1, 2, 3]);

/** A frame that counts in its text. */
function frame(id: number): () => void {
  return find.join(id, (request) => {
    asked.push([id, request]);
    const words = request.words;
    find.hear(id, words === '' ? 0 : (TEXTS[id] ?? '').split(words).length - 1);
  });
}

beforeEach(() => {
  asked = [];
  find = new Find(() => [1, 2, 3]);
  // They need not come in the order of the conversation.
  for (const id of [3, 1, 2]) frame(id);
});

describe('finding', () => {
  it('shows the first one as soon as all have looked, and counts all', () => {
    find.begin();
    find.look('two');
    expect([find.position, find.total]).toEqual([1, 3]);
    expect(asked.at(-1)).toEqual([1, { kind: 'find', words: 'two', at: 0 }]);
  });

  it('goes on into the next message, takes the mark from the last one, and around the end', () => {
    find.look('two');
    find.step(1);
    find.step(1);
    expect(asked.slice(-2)).toEqual([
      [1, { kind: 'find', words: 'two', at: -1 }],
      [3, { kind: 'find', words: 'two', at: 0 }],
    ]);
    find.step(1);
    expect(find.position).toBe(1);
    find.step(-1);
    expect(find.position).toBe(3);
  });

  it('finds nothing in words that are not there, and nothing is shown', () => {
    find.look('three');
    find.step(1);
    expect([find.position, find.total]).toEqual([0, 0]);
  });

  it('takes all marks away at its end and keeps the words', () => {
    find.begin();
    find.look('two');
    find.end();
    expect(asked.slice(-3).every(([, request]) => request.words === '')).toBe(true);
    expect([find.open, find.words]).toEqual([false, 'two']);
  });
});
