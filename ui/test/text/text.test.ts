/** The words: both languages complete, every key used, plurals, dates. */
import { readdirSync, readFileSync } from 'node:fs';
import { execFileSync } from 'node:child_process';
import { afterEach, describe, expect, it } from 'vitest';
import type { Key } from '@/text/keys';
import { bytes, duration, shortDate } from '@/text/format';
import { initials, peopleLine, shortName } from '@/text/people';
import { chooseLocale, setLocale, t } from '@/text/text.svelte';

/** Messages of a language: name to the variables that it uses. */
function messages(locale: string): Map<string, string> {
  const found = new Map<string, string>();
  for (const file of readdirSync(`src/text/${locale}`)) {
    const text = readFileSync(`src/text/${locale}/${file}`, 'utf8');
    for (const part of text.split(/^(?=[a-z][a-z0-9-]* =)/m)) {
      const name = /^([a-z][a-z0-9-]*) =/.exec(part)?.[1];
      if (!name) continue;
      expect(found.has(name), `${name} stands twice in ${locale}`).toBe(false);
      const variables = [...part.matchAll(/\{ ?\$([a-zA-Z]+)/g)].map((match) => match[1] ?? '');
      found.set(name, [...new Set(variables)].sort().join(' '));
    }
  }
  return found;
}

afterEach(() => setLocale('en'));

describe('words', () => {
  it('are there in both languages', () => {
    const english = [...messages('en').keys()].sort();
    expect(english.length).toBeGreaterThan(300);
    expect([...messages('zh-CN').keys()].sort()).toEqual(english);
  });

  it('use no variable in Chinese that English does not have', () => {
    const chinese = messages('zh-CN');
    const strange = [...messages('en')].filter(([name, variables]) => {
      const own = (chinese.get(name) ?? '').split(' ').filter((one) => one !== '');
      return own.some((one) => !variables.split(' ').includes(one));
    });
    expect(strange.map(([name]) => name)).toEqual([]);
  });

  it('are all used as the type says', () => {
    expect(() => execFileSync('node', ['script/keys.mjs', '--check'])).not.toThrow();
  });

  it('are all used somewhere', () => {
    const sources = readdirSync('src', { recursive: true, encoding: 'utf8' }).filter((file) =>
      /\.(svelte|ts)$/.test(file),
    );
    const text = sources
      .filter((file) => !file.endsWith('keys.ts'))
      .map((file) => readFileSync(`src/${file}`, 'utf8'))
      .join('\n');
    const prefixes = [...text.matchAll(/`([a-z-]+-)\$\{/g)].map((match) => match[1] ?? '');
    const unused = [...messages('en').keys()].filter(
      (name) => !text.includes(`'${name}'`) && !prefixes.some((prefix) => name.startsWith(prefix)),
    );
    expect(unused).toEqual([]);
  });

  it('follow the number', () => {
    expect(t('done-archive', { count: 1 })).toBe('Archived');
    expect(t('done-archive', { count: 3 })).toBe('3 archived');
    setLocale('zh-CN');
    expect(t('done-archive', { count: 3 })).toBe('3 封已归档');
  });

  it('fall back to their name, never to nothing', () => {
    const missing: string = 'no-such-message';
    const isKey = (name: string): name is Key => name !== '';
    expect(isKey(missing) && t(missing)).toBe('no-such-message');
  });

  it('choose the language', () => {
    expect(chooseLocale('system', 'zh-Hans-CN')).toBe('zh-CN');
    expect(chooseLocale('system', 'de-DE')).toBe('en');
    expect(chooseLocale('zh-CN', 'en')).toBe('zh-CN');
  });
});

describe('numbers and dates', () => {
  it.each([
    [0, '0 B'],
    [999, '999 B'],
    [1_000, '1.0 KB'],
    [38_000, '38 KB'],
    [4_200_000, '4.2 MB'],
    [999_600, '1.0 MB'],
    [61_000_000, '61 MB'],
  ])('%i bytes read %s', (size, words) => expect(bytes(size)).toBe(words));

  it('are as short as they can be', () => {
    const now = new Date(2026, 10, 21, 11, 0).getTime();
    expect(shortDate(new Date(2026, 10, 21, 9, 5).getTime(), now)).toBe('09:05');
    expect(shortDate(new Date(2026, 10, 19, 9, 5).getTime(), now)).toBe('Nov 19');
    expect(shortDate(new Date(2024, 1, 3).getTime(), now)).toBe('2/3/2024');
    setLocale('zh-CN');
    expect(shortDate(new Date(2026, 10, 19).getTime(), now)).toBe('11月19日');
    expect(duration(121)).toBe('121 ms');
    expect(duration(2_100)).toBe('2.1 s');
  });
});

describe('people', () => {
  const one = (name: string, email = 'x@y.example') => ({ name, email });
  it('have initials', () => {
    expect(['Élise Marchand', '张伟', 'Nordbank', '"Tomas Herrera"', ''].map((name) => initials(one(name)))).toEqual([
      'ÉM',
      '张',
      'N',
      'TH',
      'X',
    ]);
  });
  it('are named shortly when they are several', () => {
    expect(shortName(one('Tomas Herrera'))).toBe('Tomas');
    expect(shortName(one('王芳（财务部）'))).toBe('王芳（财务部）');
    const own = new Set(['me@x.example']);
    expect(peopleLine([one('Tomas Herrera'), one('Lin Yue', 'Me@x.example')], own)).toBe('Tomas, me');
    expect(peopleLine([one('Tomas Herrera')], own)).toBe('Tomas Herrera');
  });
});
