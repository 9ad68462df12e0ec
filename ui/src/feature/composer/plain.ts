/** Plain-text mode: what would be lost is asked about first, and the text goes along both ways. */
import type { Question } from '@/state/screen.svelte';
import { t } from '@/text/text.svelte';
import type { Composing } from './composing.svelte';

/** Returns what is to be asked before the mode changes; null when nothing is lost. */
export function asksBeforePlain({ html, plain }: Composing): Question | null {
  const formatted = /<(b|i|u|a|ul|ol|blockquote|img|font|table|span|pre|code)\b/i.test(html);
  if (plain || !formatted) return null;
  return { title: t('ask-plain-title'), text: t('ask-plain-text'), action: t('compose-plain'), danger: false };
}

/** Changes the mode. */
export function toggledPlain(composing: Composing): void {
  if (composing.plain) {
    const box = document.createElement('div');
    const line = (text: string) => Object.assign(document.createElement('div'), { textContent: text || '\u00a0' });
    box.append(...composing.text.split('\n').map(line));
    composing.html = box.innerHTML;
  }
  composing.plain = !composing.plain;
  composing.touch();
}
