/** Folders that are drawn in pieces: a piece has so many lines, and there is always something in it. */
import { describe, expect, it } from 'vitest';
import { fitting } from '@/feature/sidebar/growing.svelte';
import type { Branch } from '@/state/mailboxes.svelte';
import { MAILBOXES } from '../mail';

const [mailbox] = MAILBOXES;
const branch = (children: Branch[] = []): Branch => {
  if (!mailbox) throw new Error('there is no example');
  return { mailbox, children };
};

describe('a piece of the folders', () => {
  it.each([
    [[branch(), branch(), branch()], 2, 2],
    [[branch(), branch()], 2, 2],
    [[], 5, 0],
    // A folder counts with all that hang below it.
    [[branch([branch(), branch([branch()])]), branch()], 4, 1],
    [[branch(), branch([branch(), branch()]), branch()], 3, 1],
    // One that is too large for any piece is drawn all the same: it draws its own in pieces.
    [[branch(Array.from({ length: 100 }, () => branch())), branch()], 60, 1],
  ])('%#', (branches, room, expected) => {
    expect(fitting(branches, room)).toHaveLength(expected);
  });
});
