/** The one menu that is open, if any. Anything may open it; `MenuHost` draws it and gives the focus back. */
import type { Shape } from './icon';

/** A line of a menu. */
export interface MenuItem {
  label: string;
  icon?: Shape;
  /** Caps of its key. */
  caps?: string[];
  /** A choice that is on or off; left out for an action. */
  checked?: boolean;
  danger?: boolean;
  disabled?: boolean;
  /** Why it cannot be chosen; empty where it can. */
  why?: string;
  /** A line above it. */
  apart?: boolean;
  run: () => void;
}

interface OpenMenu {
  label: string;
  items: MenuItem[];
  /** Where it hangs, CSS pixels of the window. */
  x: number;
  y: number;
  /** Top of what it hangs on, for opening upwards. */
  top: number;
  /** Takes the focus back. */
  from: HTMLElement | null;
}

class Menus {
  open = $state.raw<OpenMenu | null>(null);

  /** Opens a menu below a control, or at a point. */
  show(label: string, items: MenuItem[], at: HTMLElement | { x: number; y: number }): void {
    const focused = document.activeElement instanceof HTMLElement ? document.activeElement : null;
    if (at instanceof HTMLElement) {
      const box = at.getBoundingClientRect();
      this.open = { label, items, x: box.left, y: box.bottom + 4, top: box.top - 4, from: at };
    } else {
      this.open = { label, items, x: at.x, y: at.y, top: at.y, from: focused };
    }
  }

  /** Closes it; the focus goes back unless the choice took it elsewhere. */
  close(): void {
    const from = this.open?.from;
    this.open = null;
    from?.focus({ preventScroll: true });
  }
}

/** The menu of the page. */
export const menus = new Menus();
