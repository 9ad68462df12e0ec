/** Words of a search found in a text. */
import { expect, it } from 'vitest';
import { pieces } from '@/feature/list/highlight';

it('marks words whatever their case, and loses nothing', () => {
  const found = pieces('Proof of the proof. 版面确认', ['proof', '版面', '.*']);
  expect(found.filter((piece) => piece.hit).map((piece) => piece.text)).toEqual(['Proof', 'proof', '版面']);
  expect(found.map((piece) => piece.text).join('')).toBe('Proof of the proof. 版面确认');
});
