/** Keys of the folder tree (APG tree view): arrows move, open and close; Home and End jump; a letter finds. */

/** The lines of the tree that can be seen, in order. */
function visibleItems(tree: HTMLElement): HTMLElement[] {
  return [...tree.querySelectorAll<HTMLElement>('[data-nav]')].filter((item) => item.offsetParent !== null);
}

/** Handles a key of the tree; true when it was used up. */
export function treeKey(tree: HTMLElement, event: KeyboardEvent): boolean {
  const items = visibleItems(tree);
  const at = items.findIndex((item) => item === document.activeElement);
  const now = items[at];
  if (!now || event.ctrlKey || event.metaKey || event.altKey) return false;
  const expanded = now.getAttribute('aria-expanded');
  const level = Number(now.getAttribute('aria-level'));
  switch (event.key) {
    case 'ArrowDown':
      items[at + 1]?.focus();
      return true;
    case 'ArrowUp':
      items[at - 1]?.focus();
      return true;
    case 'Home':
      items[0]?.focus();
      return true;
    case 'End':
      items.at(-1)?.focus();
      return true;
    case 'ArrowRight':
      if (expanded === 'false') now.dispatchEvent(new CustomEvent('fold'));
      else if (expanded === 'true') items[at + 1]?.focus();
      return true;
    case 'ArrowLeft':
      if (expanded === 'true') now.dispatchEvent(new CustomEvent('fold'));
      else
        items
          .slice(0, at)
          .findLast((item) => Number(item.getAttribute('aria-level')) < level)
          ?.focus();
      return true;
    case 'Enter':
    case ' ':
      now.click();
      return true;
    default:
      return false;
  }
}
