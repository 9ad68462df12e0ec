/** Signatures in plain text stand below their separator. */
import { describe, expect, it } from 'vitest';
import { separated } from '@/feature/composer/signature';

describe('a signature', () => {
  it.each([
    ['Words\n\nYue', 'Yue', 'Words\n\n-- \nYue'],
    ['Yue', 'Yue', '\n\n-- \nYue'],
    // The last one is the signature: the words may be in the text too.
    ['Yue writes\nYue\nPress\nPS', 'Yue\nPress', 'Yue writes\n\n-- \nYue\nPress\nPS'],
    ['Words', '', 'Words'],
    ['Words', 'gone', 'Words'],
  ])('stands below its separator: %j', (text, signature, expected) => {
    expect(separated(text, signature)).toBe(expected);
  });
});
