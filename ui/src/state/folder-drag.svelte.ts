/**
 * Folders dragged among their siblings, or into another folder of their account. With the pointer alone, as messages
 * are; the same is in the menu of a folder (up, down, move to).
 */
import type { Mailbox } from '@/ipc/generated';
import type { Actions } from './actions';
import type { Mailboxes } from './mailboxes.svelte';
import { may } from './rights';

/** Pixels before a press becomes a drag. */
const BEGIN_PX = 6;
/** Part of a line, from above and from below, that means between two folders. */
const EDGE = 0.3;

/** Where a folder would go. */
export interface Goal {
  mailbox: number;
  how: 'before' | 'after' | 'into';
}

/** Returns where a folder may be dropped over another, at this part (0 to 1) of its height; null where it may not. */
export function goalOver(mailboxes: Mailboxes, moved: Mailbox, over: Mailbox, part: number): Goal | null {
  if (moved.account !== over.account || moved.id === over.id) return null;
  if (mailboxes.below(moved).some((one) => one.id === over.id)) return null;
  const siblings = moved.parent === over.parent;
  if (siblings && part < EDGE) return { mailbox: over.id, how: 'before' };
  if (siblings && part > 1 - EDGE) return { mailbox: over.id, how: 'after' };
  const moves = moved.role !== 'inbox' && over.delimiter !== '' && moved.parent !== over.id;
  return moves && may(over, 'create') && may(moved, 'deleteFolder') ? { mailbox: over.id, how: 'into' } : null;
}

/** Returns the siblings of a folder in the order that a drop makes. */
export function ordered(mailboxes: Mailboxes, moved: Mailbox, goal: Goal): number[] {
  const ids = mailboxes
    .siblings(moved)
    .map((one) => one.id)
    .filter((id) => id !== moved.id);
  const at = ids.indexOf(goal.mailbox);
  ids.splice(goal.how === 'before' ? at : at + 1, 0, moved.id);
  return ids;
}

/** The folder under way. */
export class FolderDrag {
  /** The folder that is dragged; null while none is. */
  moved = $state<number | null>(null);
  /** Where it would go. */
  goal = $state.raw<Goal | null>(null);

  constructor(
    private readonly mailboxes: Mailboxes,
    private readonly actions: Actions,
  ) {}

  /** Begins with a press on a folder; it becomes a drag when the pointer moves. */
  press(event: PointerEvent, mailbox: Mailbox): void {
    if (event.button !== 0 || event.pointerType === 'touch') return;
    const { clientX, clientY } = event;
    const stop = new AbortController();
    const options = { signal: stop.signal };
    const end = () => {
      stop.abort();
      this.moved = null;
      this.goal = null;
    };
    const onMove = (move: PointerEvent) => {
      if (this.moved === null && Math.hypot(move.clientX - clientX, move.clientY - clientY) < BEGIN_PX) return;
      this.moved = mailbox.id;
      this.goal = this.#under(move, mailbox);
    };
    const onUp = () => {
      const goal = this.goal;
      end();
      if (goal) void this.#drop(mailbox, goal);
    };
    window.addEventListener('pointermove', onMove, options);
    window.addEventListener('pointerup', onUp, options);
    window.addEventListener('pointercancel', end, options);
    window.addEventListener('keydown', (key) => key.key === 'Escape' && end(), options);
  }

  #under({ clientX, clientY }: PointerEvent, moved: Mailbox): Goal | null {
    const line = document.elementFromPoint(clientX, clientY)?.closest<HTMLElement>('[data-folder]');
    const over = this.mailboxes.byId(Number(line?.dataset['folder'] ?? Number.NaN));
    if (!line || !over) return null;
    const { top, height } = line.getBoundingClientRect();
    return goalOver(this.mailboxes, moved, over, (clientY - top) / height);
  }

  async #drop(moved: Mailbox, goal: Goal): Promise<void> {
    if (goal.how === 'into') return this.actions.moveMailbox(moved.id, goal.mailbox);
    await this.actions.order(ordered(this.mailboxes, moved, goal));
  }
}
