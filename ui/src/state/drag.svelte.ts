/**
 * Messages dragged to a folder, with the pointer alone: the system's own drag would take files away from us on Windows.
 * Folders name themselves by `data-drop-mailbox`; the same move is in the menu and by key.
 */

/** Pixels before a press becomes a drag. */
const BEGIN_PX = 6;

/** What is dragged now. */
export class Drag {
  /** Rows under way; 0 when nothing is. */
  count = $state(0);
  x = $state(0);
  y = $state(0);
  /** They are copied: Ctrl (Option on a Mac) is held. */
  copying = $state(false);
  /** The folder under the pointer that takes them. */
  over = $state<number | null>(null);

  /** Begins with a press; it becomes a drag when the pointer moves. Calls `drop` with the folder and whether it copies. */
  press(
    event: PointerEvent,
    begin: () => number,
    takes: (mailbox: number) => boolean,
    drop: (mailbox: number, copying: boolean) => void,
  ): void {
    const startX = event.clientX;
    const startY = event.clientY;
    const stop = new AbortController();
    const options = { signal: stop.signal };
    const end = () => {
      stop.abort();
      this.count = 0;
      this.over = null;
      this.copying = false;
    };
    const onKey = (key: KeyboardEvent) => {
      if (key.key === 'Escape') end();
      else this.copying = key.ctrlKey || key.altKey;
    };
    const onMove = (move: PointerEvent) => {
      if (this.count === 0) {
        if (Math.hypot(move.clientX - startX, move.clientY - startY) < BEGIN_PX) return;
        this.count = begin();
        if (this.count === 0) return end();
      }
      this.copying = move.ctrlKey || move.altKey;
      this.x = move.clientX;
      this.y = move.clientY;
      const under = document.elementFromPoint(move.clientX, move.clientY)?.closest<HTMLElement>('[data-drop-mailbox]');
      const mailbox = Number(under?.dataset['dropMailbox'] ?? Number.NaN);
      this.over = Number.isFinite(mailbox) && takes(mailbox) ? mailbox : null;
    };
    const onUp = () => {
      const mailbox = this.count > 0 ? this.over : null;
      const { copying } = this;
      end();
      if (mailbox !== null) drop(mailbox, copying);
    };
    window.addEventListener('pointermove', onMove, options);
    window.addEventListener('pointerup', onUp, options);
    window.addEventListener('pointercancel', end, options);
    window.addEventListener('keydown', onKey, options);
    window.addEventListener('keyup', onKey, options);
  }
}
