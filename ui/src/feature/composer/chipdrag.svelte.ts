/**
 * Recipients dragged from one field to another, with the pointer alone (the system's own drag would take files away from us
 * on Windows). Fields name themselves by `data-drop-field`; Alt with the arrows does the same by key.
 */
import { type Field, FIELDS } from '@/state/recipients';

/** Pixels before a press becomes a drag. */
const BEGIN_PX = 6;

/** What is dragged now. */
class ChipDrag {
  /** The recipient's name; empty when nothing is dragged. */
  label = $state('');
  x = $state(0);
  y = $state(0);
  /** The field under the pointer. */
  over = $state<Field | null>(null);

  /** Begins with a press; it becomes a drag when the pointer moves. Calls `drop` with the field it was let go over. */
  press(event: PointerEvent, label: string, begin: () => void, drop: (field: Field) => void): void {
    if (event.button !== 0 || !(event.target instanceof Element)) return;
    const composer = event.target.closest('.composer');
    const { clientX, clientY } = event;
    const stop = new AbortController();
    const options = { signal: stop.signal };
    const end = (): void => {
      stop.abort();
      this.label = '';
      this.over = null;
    };
    const onMove = (move: PointerEvent): void => {
      if (this.label === '') {
        if (Math.hypot(move.clientX - clientX, move.clientY - clientY) < BEGIN_PX) return;
        this.label = label;
        begin();
      }
      move.preventDefault();
      this.x = move.clientX;
      this.y = move.clientY;
      const under = document.elementFromPoint(move.clientX, move.clientY)?.closest<HTMLElement>('[data-drop-field]');
      const name = under && composer?.contains(under) ? under.dataset['dropField'] : undefined;
      this.over = FIELDS.find((field) => field === name) ?? null;
    };
    const onUp = (): void => {
      const field = this.label === '' ? null : this.over;
      end();
      if (field) drop(field);
    };
    const onKey = (key: KeyboardEvent): void => {
      if (key.key !== 'Escape' || this.label === '') return;
      key.preventDefault();
      key.stopPropagation();
      end();
    };
    window.addEventListener('pointermove', onMove, options);
    window.addEventListener('pointerup', onUp, options);
    window.addEventListener('pointercancel', end, options);
    window.addEventListener('keydown', onKey, { ...options, capture: true });
  }
}

/** The one drag there can be. */
export const chipDrag = new ChipDrag();
