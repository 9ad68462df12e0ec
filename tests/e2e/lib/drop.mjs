/** Drops files on the window as a person does: a real drag from a window of another program. */
import { fileURLToPath } from 'node:url';
import { start, waitFor } from './process.mjs';

const SOURCE = fileURLToPath(new URL('./dragsource.py', import.meta.url));
/** Where the other program's window stands; the test windows leave this corner free of what they need. */
const AT = { x: 20, y: 660 };

/** Drags `files` over a point of the screen and back to where they came from, which takes none. */
export async function hoverFiles(desktop, files, point) {
  await drag(desktop, files, point, async (mouse) => {
    for (let step = 1; step <= 4; step += 1) {
      await mouse('mousemove', Math.round(point.x + ((AT.x + 60 - point.x) * step) / 4), Math.round(point.y + ((AT.y + 60 - point.y) * step) / 4));
      await new Promise((resolve) => setTimeout(resolve, 30));
    }
  });
}

/** Drags `files` to a point of the screen and lets them go. */
export async function dropFiles(desktop, files, point) {
  await drag(desktop, files, point, async () => {});
}

async function drag(desktop, files, { x, y }, then) {
  const source = start('/usr/bin/python3', [SOURCE, String(AT.x), String(AT.y), ...files], { env: desktop.env });
  await source.line((line) => line === 'ready', 'its window');
  const mouse = (...args) => desktop.run('xdotool', args.map(String));
  await waitFor(async () => {
    await mouse('mousemove', AT.x + 60, AT.y + 60, 'mousedown', 1);
    for (let step = 1; step <= 10; step += 1) {
      const along = (from, to) => Math.round(from + ((to - from) * step) / 10);
      await mouse('mousemove', along(AT.x + 60, x), along(AT.y + 60, y));
      await new Promise((resolve) => setTimeout(resolve, 30));
    }
    await mouse('mousemove', x + 2, y + 2);
    await new Promise((resolve) => setTimeout(resolve, 200));
    await then(mouse);
    await mouse('mouseup', 1);
    return true;
  }, 'the drag is made');
  await source.line((line) => line === 'drag-end', 'the end of the drag');
  await source.stop();
}
