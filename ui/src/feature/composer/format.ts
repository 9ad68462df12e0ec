/** Formats of the text: how each is seen where the caret stands, and how it is put on and taken off. */
import type Squire from 'squire-rte';
import type { Format } from '@/state/compose.svelte';

interface Way {
  /** The tag that says it is on; empty where it is an action, not a state. */
  tag: string;
  on: (editor: Squire) => unknown;
  off: (editor: Squire) => unknown;
}

const clear = (editor: Squire): unknown => editor.removeAllFormatting();
const WAYS: Record<Format, Way> = {
  bold: { tag: 'B', on: (e) => e.bold(), off: (e) => e.removeBold() },
  italic: { tag: 'I', on: (e) => e.italic(), off: (e) => e.removeItalic() },
  underline: { tag: 'U', on: (e) => e.underline(), off: (e) => e.removeUnderline() },
  list: { tag: 'UL', on: (e) => e.makeUnorderedList(), off: (e) => e.removeList() },
  numbered: { tag: 'OL', on: (e) => e.makeOrderedList(), off: (e) => e.removeList() },
  quote: { tag: 'BLOCKQUOTE', on: (e) => e.increaseQuoteLevel(), off: (e) => e.decreaseQuoteLevel() },
  clear: { tag: '', on: clear, off: clear },
};

/** True when the caret stands in that format. */
export function isFormatted(editor: Squire, format: Format | 'link'): boolean {
  const tag = format === 'link' ? 'A' : WAYS[format].tag;
  return tag !== '' && editor.hasFormat(tag);
}

/** Puts a format on, or takes it off where it is on. */
export function toggleFormat(editor: Squire, format: Format): void {
  const way = WAYS[format];
  if (isFormatted(editor, format)) way.off(editor);
  else way.on(editor);
  // Focusing sets the caret anew, which would undo a format that was put on or off before anything is typed.
  if (document.activeElement !== editor.getRoot()) editor.focus();
}

const INLINE: readonly Format[] = ['bold', 'italic', 'underline'];

/**
 * Keeps what was switched off off in the next paragraph: splitting one takes away the empty place behind the format in
 * which the caret stood, and would go on in it. To be called before the editor splits.
 */
export function keepOff(editor: Squire, inputType: string): void {
  if (inputType !== 'insertParagraph' || !editor.getSelection().collapsed) return;
  const off = INLINE.filter((format) => !isFormatted(editor, format));
  // A microtask would come before the editor's own listener.
  setTimeout(() => {
    for (const format of off) if (isFormatted(editor, format)) WAYS[format].off(editor);
  });
}
