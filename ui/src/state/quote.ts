/** What is selected in a message, as an answer quotes it. */

/** A frame cuts its HTML here, UTF-16 units: what is longer is not whole. */
const WHOLE_MAX = 100_000;
/** What the theme did to a message in its frame; a quote is read on paper. */
const COLOURS = ['style', 'color', 'bgcolor', 'class'];

/** What was selected, and where. */
export interface Selected {
  message: number;
  html: string;
  text: string;
}

/** Returns the part of a message that an answer quotes; nothing = all of it. */
export function quoteOf(selected: Selected | null, message: number, theme: string): { quote?: string } {
  if (selected?.message !== message || selected.text.trim() === '' || selected.html.length >= WHOLE_MAX) return {};
  return { quote: theme === 'light' ? selected.html : withoutColours(selected.html) };
}

/** The document is never shown: nothing of it runs or is fetched. */
function withoutColours(html: string): string {
  const { body } = new DOMParser().parseFromString(html, 'text/html');
  for (const element of body.querySelectorAll('*')) for (const name of COLOURS) element.removeAttribute(name);
  return body.innerHTML;
}
