/**
 * How much fits into the window, in rem: text of twice the size needs twice the room. Style sheets read it from the root's
 * `data-below` (the widths that the window is below), because their own queries count in the size of letters that a browser
 * begins with. Kept right by whoever changes the size of the text, and when the window changes.
 */

/** Widths at which something changes (`component/style/width.css`), rem. */
const WIDTHS = [30, 37.5, 40, 48, 56.25, 65, 77.5, 90] as const;

/** Returns the words of `data-below` for a window of so many pixels and letters of so many. */
export function below(width: number, letter: number): string {
  const room = width / letter;
  return WIDTHS.filter((one) => room < one)
    .map((one) => Math.floor(one))
    .join(' ');
}

/** Writes down how much fits now. */
export function markRoom(): void {
  const root = document.documentElement;
  const letter = Number.parseFloat(getComputedStyle(root).fontSize) || 16;
  root.dataset['below'] = below(window.innerWidth, letter);
}

/** True while the folders are a rail, which has no room for their names. */
export function isRail(): boolean {
  return document.documentElement.matches('[data-below~="65"]:not([data-below~="56"])');
}
