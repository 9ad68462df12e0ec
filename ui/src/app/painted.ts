/** Says when the first list stands on the screen. It measures a start; nothing else depends on it. */
import type { Engine } from '@/ipc/engine';

/** Waits for the frame that the loaded list is drawn in to be over, and tells how many rows it has. */
export async function tellPainted(engine: Engine): Promise<void> {
  // What runs in the second frame runs after the first one was painted.
  for (let frames = 0; frames < 2; frames += 1) await new Promise((resolve) => requestAnimationFrame(resolve));
  await engine.painted(document.querySelectorAll('.row[data-index]').length);
}
