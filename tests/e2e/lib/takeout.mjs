/** Drags something out of the window as a person does, and lets it go on a window of another program. */
import { fileURLToPath } from 'node:url';
import { start, waitFor } from './process.mjs';

const TARGET = fileURLToPath(new URL('./droptarget.py', import.meta.url));
/** Where the other program's window stands; the test windows leave this corner free of what they need. */
const AT = { x: 20, y: 660 };

/** Drags what is at a point of the screen; answers with what the other program took: `{ uri, name, sha256, mode }` of each file. */
export async function takeOut(desktop, { x, y }) {
  const target = start('/usr/bin/python3', [TARGET, String(AT.x), String(AT.y)], { env: desktop.env });
  await target.line((line) => line === 'ready', 'its window');
  const mouse = (...args) => desktop.run('xdotool', args.map(String));
  try {
    await mouse('mousemove', x, y, 'mousedown', 1);
    for (let step = 1; step <= 8; step += 1) await mouse('mousemove', x + step, y + step);
    // The file is written before the drag begins: the hand moves on until the other program sees it.
    let step = 0;
    await waitFor(async () => {
      step += 1;
      await mouse('mousemove', AT.x + 40 + (step % 20), AT.y + 40 + (step % 20));
      return target.log.includes('over');
    }, 'the other program sees the drag');
    await mouse('mouseup', 1);
    return JSON.parse(await target.line((line) => line.startsWith('['), 'the files'));
  } finally {
    await mouse('mouseup', 1);
    await target.stop();
  }
}
