/** Which way paragraphs run: their first letter decides. */
import Squire from 'squire-rte';
import { describe, expect, it } from 'vitest';
import { directionOf, followDirections } from '@/feature/composer/direction';

describe('the first letter decides', () => {
  it.each([
    ['Hello', 'ltr'],
    ['你好', 'ltr'],
    ['مرحبا Tomas', 'rtl'],
    ['Tomas قال', 'ltr'],
    ['41 – שלום', 'rtl'],
    ['  (PDF)', 'ltr'],
    ['42 €', null],
    ['', null],
  ])('%j: %s', (text, expected) => expect(directionOf(text)).toBe(expected));
});

describe('paragraphs of the composer', () => {
  function written(html: string): string {
    const root = document.createElement('div');
    document.body.append(root);
    const editor = new Squire(root, {
      blockTag: 'DIV',
      sanitizeToDOMFragment: (text: string) => document.createRange().createContextualFragment(text),
    });
    editor.setHTML(html);
    followDirections(editor);
    const done = root.innerHTML;
    editor.destroy();
    root.remove();
    return done;
  }

  it('say when they run from the right, each for itself', () => {
    const html = written('<div>مرحبا</div><div>Hello</div>');
    expect(html).toMatch(/<div dir="rtl">مرحبا/);
    expect(html).toMatch(/<div>Hello/);
  });

  it('say it no more once they are written anew', () => {
    expect(written('<div dir="rtl">Hello</div>')).toMatch(/<div>Hello/);
    expect(written('<div dir="rtl">42</div>')).toMatch(/<div dir="rtl">42/);
  });
});
