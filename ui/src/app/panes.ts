/** Moving the focus between panes: F6 goes around, and each pane says itself what takes the focus in it. */

function candidates(): HTMLElement[] {
  return [...document.querySelectorAll<HTMLElement>('[data-pane-focus]')].filter((pane) => pane.offsetParent !== null);
}

/** Puts the focus on the next pane, or the one before. */
export function nextPane(by: 1 | -1): void {
  const panes = candidates();
  const focused = document.activeElement;
  const now = panes.findIndex((pane) => pane === focused || pane.closest('.pane')?.contains(focused));
  const next = panes[(now + by + panes.length) % panes.length];
  next?.focus();
}

/** Puts the focus into the search field. */
export function focusSearch(): void {
  const field = document.querySelector<HTMLInputElement>('[data-search]');
  field?.focus();
  field?.select();
}
