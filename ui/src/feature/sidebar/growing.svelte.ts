/**
 * Long lists of folders that are drawn a piece at a time: what fits on a screen at once, the rest frame by frame.
 *
 * A thousand folders take a second to be made in one go, in which nothing answers; so nobody waits for what is below the
 * edge. Everything is there in the end: keys, screen readers and the search of the page find all of it.
 */
import type { Branch } from '@/state/mailboxes.svelte';

/** Lines drawn at once: more than the tallest screen shows. */
const FIRST = 60;
/** Lines added in each frame: few enough for the frame to be on time. */
const STEP = 20;

/** Lines that a folder takes when it is unfolded. */
function lines({ children }: Branch): number {
  return children.reduce((sum, child) => sum + lines(child), 1);
}

/** Returns the folders that fit into so many lines; one at least, which draws its own in pieces. */
export function fitting(branches: readonly Branch[], room: number): readonly Branch[] {
  let used = 0;
  const end = branches.findIndex((branch) => (used += lines(branch)) > room);
  return end < 0 ? branches : branches.slice(0, Math.max(1, end));
}

/** Returns the folders that are to be drawn now. To be called while a component begins. */
export function growing(branches: () => readonly Branch[]): () => readonly Branch[] {
  let room = $state(FIRST);
  const drawn = $derived(fitting(branches(), room));
  $effect(() => {
    if (drawn.length >= branches().length) return;
    const frame = requestAnimationFrame(() => (room += STEP));
    return () => cancelAnimationFrame(frame);
  });
  return () => drawn;
}
