/**
 * Files of messages dragged out of the window: to the desktop, to a folder, to another program.
 *
 * The engine writes them to a private folder when the drag begins, and the shell drags what lies there. A program is dragged
 * only after the same question as before it is opened. Where fetching took longer than the hand held on, the files are here
 * the next time.
 */
import { type Store, useStore } from '@/state/store.svelte';
import type { Viewed } from '@/state/viewer.svelte';
import { t } from '@/text/text.svelte';

/** Pixels before a press becomes a drag. */
const BEGIN_PX = 5;

const nameOf = ({ message, part, inside }: Viewed): string => [message, part, ...inside].join('/');

/** Drags of one list of files. */
export class DragOut {
  /** Programs that the user wants all the same. */
  readonly #wanted = new Set<string>();

  constructor(private readonly store: Store) {}

  /**
   * Begins with a press on a card; it becomes a drag when the pointer moves. Events of the mouse, not of pointers: the system's
   * drag takes the end of the press away, and a pointer that was never let go is never pressed again.
   */
  press(event: MouseEvent, files: () => readonly Viewed[]): void {
    if (!this.store.engine.dragFiles || event.button !== 0) return;
    const { clientX, clientY } = event;
    const stop = new AbortController();
    const options = { signal: stop.signal, capture: true };
    const onMove = (move: MouseEvent) => {
      if (Math.hypot(move.clientX - clientX, move.clientY - clientY) < BEGIN_PX) return;
      stop.abort();
      // Letting go above the card is no press of it.
      const still = new AbortController();
      const swallow = (click: MouseEvent) => {
        click.preventDefault();
        click.stopPropagation();
      };
      const end = () => still.abort();
      window.addEventListener('click', swallow, { capture: true, once: true, signal: still.signal });
      window.addEventListener('mousedown', end, { capture: true, once: true });
      this.#begin(files(), end).catch((thrown: unknown) => this.store.undo.fail(thrown));
    };
    window.addEventListener('mousemove', onMove, options);
    window.addEventListener('mouseup', () => stop.abort(), options);
  }

  /** Stages files and drags them; `end` hears that they were let go elsewhere. */
  async #begin(files: readonly Viewed[], end: () => void): Promise<void> {
    const { engine, undo } = this.store;
    const programs = files.filter((one) => one.file.dangerous && !this.#wanted.has(nameOf(one)));
    if (programs.length > 0) return this.#ask(programs);
    let held = true;
    const stop = new AbortController();
    const options = { signal: stop.signal, capture: true };
    const letGo = () => (held = false);
    window.addEventListener('mouseup', letGo, options);
    // Letting go outside of the window is heard when the pointer comes back.
    const onMove = (move: MouseEvent) => {
      if (move.buttons === 0) letGo();
    };
    window.addEventListener('mousemove', onMove, options);
    try {
      const paths: string[] = [];
      for (const { message, part, inside } of files) {
        paths.push(...(await engine.call('attachments.stage', { message, part, inside })).paths);
      }
      if (held) {
        await engine.dragFiles?.(paths);
        end();
      } else undo.say(t('drag-again', { count: files.length, name: files[0]?.file.name ?? '' }));
    } finally {
      stop.abort();
    }
  }

  async #ask(programs: readonly Viewed[]): Promise<void> {
    for (const one of programs) {
      const text = t('file-danger-text', { name: one.file.name, sender: one.sender });
      const ask = { title: t('drag-danger-title'), text, action: t('drag-danger-action'), danger: true };
      if (!(await this.store.screen.ask(ask))) return;
      this.#wanted.add(nameOf(one));
    }
  }
}

/** Returns the drags of a list of files, inside a component. */
export function useDragOut(): DragOut {
  return new DragOut(useStore());
}
