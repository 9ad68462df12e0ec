/** An answer quotes what is selected in its message, and nothing else. */
import { describe, expect, it } from 'vitest';
import { quoteOf } from '@/state/quote';

const selected = { message: 3, html: '<p style="color:#fff">Only <b>this</b></p>', text: 'Only this' };

describe('a quote', () => {
  it.each([
    ['nothing is selected', null, 3, {}],
    ['something is selected in another message', selected, 4, {}],
    ['white space alone is selected', { ...selected, text: ' \n' }, 3, {}],
    ['more is selected than a frame tells', { ...selected, html: 'x'.repeat(100_000) }, 3, {}],
    ['a part of it is selected', selected, 3, { quote: selected.html }],
  ])('is right when %s', (_, what, message, expected) => {
    expect(quoteOf(what, message, 'light')).toEqual(expected);
  });

  it('has none of the colours that the dark theme gave it', () => {
    expect(quoteOf(selected, 3, 'dark')).toEqual({ quote: '<p>Only <b>this</b></p>' });
  });
});
