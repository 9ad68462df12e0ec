/** Templates: what fields become, and what stays in sight. */
import { describe, expect, it } from 'vitest';
import { FIELD_NAMES, fieldText, filled, filledHtml, type Facts, unfilled } from '@/state/template';

const FACTS: Facts = {
  to: { name: 'Anna Berg', email: 'anna@example.org' },
  from: { name: '林悦', email: 'yue@harbour.example' },
  subject: 'Proofs',
  date: '22 November 2026',
};
const to = (name: string): Facts => ({ ...FACTS, to: { name, email: 'a@example.org' } });

describe('templates', () => {
  it.each([
    ['Dear {name},', FACTS, 'Dear Anna Berg,'],
    ['Hi { First },', FACTS, 'Hi Anna,'],
    ['{姓名}，您好！{日期} {我}', FACTS, 'Anna Berg，您好！22 November 2026 林悦'],
    ['{first}', to('Berg, Anna Maria'), 'Anna'],
    ['{名字}', to('张伟'), '张伟'],
    ['About {subject}: {email}', FACTS, 'About Proofs: anna@example.org'],
    // What nothing is known for stays, and so does what is no field.
    ['Dear {name},', { ...FACTS, to: null }, 'Dear {name},'],
    ['{name}', to(''), '{name}'],
    ['{amount} {} { {name}}', FACTS, '{amount} {} { Anna Berg}'],
  ])('%s', (text, facts, expected) => {
    expect(filled(text, facts)).toBe(expected);
  });

  it('fills in text alone, and a name never becomes formatting', () => {
    const html = '<div>Dear <b>{name}</b>, <a href="https://example.org/{name}">here</a></div>';
    expect(filledHtml(html, to('<img src=x onerror=alert(1)>'))).toBe(
      '<div>Dear <b>&lt;img src=x onerror=alert(1)&gt;</b>, <a href="https://example.org/{name}">here</a></div>',
    );
  });

  it('finds a field that nobody filled in', () => {
    expect(unfilled('Dear {姓名}, {amount}')).toBe('{姓名}');
    expect(unfilled('{amount} {}')).toBe('');
  });

  it('offers every field in both languages, and understands what it offers', () => {
    for (const name of FIELD_NAMES) {
      for (const language of ['en', 'zh-CN']) expect(unfilled(fieldText(name, language))).not.toBe('');
    }
  });
});
