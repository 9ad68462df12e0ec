/** How much fits: counted in letters, so that larger text has the layout of a smaller window. */
import { describe, expect, it } from 'vitest';
import { below } from '@/state/room';

describe('what a window is below', () => {
  it.each([
    [1440, 16, ''],
    [1439, 16, '90'],
    [1280, 16, '90'],
    [1239, 16, '77 90'],
    [1039, 16, '65 77 90'],
    [899, 16, '56 65 77 90'],
    [639, 16, '40 48 56 65 77 90'],
    [479, 16, '30 37 40 48 56 65 77 90'],
    [1280, 32, '48 56 65 77 90'],
    [2880, 32, ''],
  ])('%i pixels, letters of %i: %s', (width, letter, expected) => expect(below(width, letter)).toBe(expected));
});
