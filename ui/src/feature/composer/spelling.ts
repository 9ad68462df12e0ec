/**
 * Spelling and Chinese: a dictionary of words knows none of a script without words, and would mark all of it. Paragraphs
 * in such a script are not checked; the others are.
 */
import type Squire from 'squire-rte';

const HAN = /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Hangul}\p{Script=Thai}]/u;
const MARK = ' spellcheck="false"';

/** True for text in a script that dictionaries of words do not hold. */
export function isHan(text: string): boolean {
  return HAN.test(text);
}

/** Takes such paragraphs out of the check, and puts others back. What is marked is never part of the draft. */
export function leaveHanAlone(editor: Squire): void {
  const root = editor.getRoot();
  const wrong = [...root.querySelectorAll<HTMLElement>('div, p, li, td, blockquote')].filter(
    (block) => block.querySelector('div, p, li, td') === null && isHan(block.textContent) === block.spellcheck,
  );
  if (wrong.length === 0 || root.getAttribute('spellcheck') === 'false') return;
  // Outside of the editor's own history: nobody wrote this.
  editor.modifyDocument(() => {
    for (const block of wrong) {
      if (isHan(block.textContent)) block.setAttribute('spellcheck', 'false');
      else block.removeAttribute('spellcheck');
    }
  });
}

/** Returns the text as it was written. */
export function withoutMarks(html: string): string {
  return html.replaceAll(MARK, '');
}
