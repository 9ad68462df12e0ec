/**
 * Paragraphs that are written from the right to the left: their first letter decides, as it does in Unicode (UAX 9, P2),
 * and the message says so, since not every reader looks at letters.
 */
import type Squire from 'squire-rte';

const LETTER = /\p{L}/u;
const RIGHT_TO_LEFT =
  /[\p{Script=Arabic}\p{Script=Hebrew}\p{Script=Syriac}\p{Script=Thaana}\p{Script=Nko}\p{Script=Adlam}\p{Script=Samaritan}\p{Script=Mandaic}]/u;
const BLOCKS = 'div, p, li, td, blockquote';

/** Tells which way a text runs; null where it has no letter. */
export function directionOf(text: string): 'rtl' | 'ltr' | null {
  const first = LETTER.exec(text)?.[0];
  if (first === undefined) return null;
  return RIGHT_TO_LEFT.test(first) ? 'rtl' : 'ltr';
}

/** Gives paragraphs their direction. One without a letter keeps what it has; the usual one is not written down. */
export function followDirections(editor: Squire): void {
  const leaves = [...editor.getRoot().querySelectorAll<HTMLElement>(BLOCKS)].filter(
    (block) => block.querySelector(BLOCKS) === null,
  );
  const wrong = leaves.flatMap((block): { block: HTMLElement; right: boolean }[] => {
    const direction = directionOf(block.textContent);
    const right = direction === 'rtl';
    return direction === null || (block.dir === 'rtl') === right ? [] : [{ block, right }];
  });
  if (wrong.length === 0) return;
  // Outside of the editor's own history: nobody wrote this.
  editor.modifyDocument(() => {
    for (const { block, right } of wrong) {
      if (right) block.dir = 'rtl';
      else block.removeAttribute('dir');
    }
  });
}
