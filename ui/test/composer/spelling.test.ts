/** Spelling: dictionaries for languages, and paragraphs that no dictionary of words can judge. */
import { describe, expect, it } from 'vitest';
import { isHan, withoutMarks } from '@/feature/composer/spelling';
import { dictionariesFor } from '@/state/spelling.svelte';

describe('dictionaries', () => {
  const installed = ['de_AT', 'de_DE', 'en_GB', 'en_US', 'fr'];
  it.each([
    [['en-GB'], ['en_GB']],
    [['en'], ['en_US']],
    [['de'], ['de_DE']],
    [['de-CH'], ['de_DE']],
    [['fr-CA'], ['fr']],
    [['zh-CN'], []],
    [['zh-CN', 'en'], ['en_US']],
    [['en-US', 'en'], ['en_US']],
  ])('for %j are %j', (languages, expected) => {
    expect(dictionariesFor(languages, installed)).toEqual(expected);
  });
});

describe('scripts without words', () => {
  it.each([
    ['Hello', false],
    ['你好', true],
    ['Hello 世界', true],
    ['こんにちは', true],
    ['Привет', false],
    ['', false],
  ])('%j: %s', (text, expected) => expect(isHan(text)).toBe(expected));

  it('are marked on screen alone', () => {
    expect(withoutMarks('<div spellcheck="false">你好</div>')).toBe('<div>你好</div>');
  });
});
