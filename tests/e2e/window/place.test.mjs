/** The window comes back where it was left, as large as it was; never where no screen is. */
import assert from 'node:assert/strict';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startApp } from '../lib/app.mjs';
import { startDesktop } from '../lib/desktop.mjs';
import { runs, waitFor } from '../lib/process.mjs';
import { application } from '../lib/programs.mjs';

export const name = 'the window comes back where it was and as it was, and never outside the screen';

const SCREEN = { width: 1600, height: 1000 };
/** The window manager's frame stands around the window, and may stick out at the lower end. */
const FRAME = 40;
const near = (one, other) => ['x', 'y', 'width', 'height'].every((side) => Math.abs(one[side] - other[side]) <= 2);

export async function test() {
  const desktop = await startDesktop(SCREEN);
  const profile = await mkdtemp(join(tmpdir(), 'posthorn-profile-'));
  const args = ['--profile', profile, '--secrets', 'memory'];
  const file = join(profile, 'window.json');
  const open = async () => {
    const page = await startApp(desktop, args);
    await page.find('input[name=email]', 60_000);
    return page;
  };
  const close = async (page) => {
    await desktop.close();
    await waitFor(() => !runs(application(), profile), 'it ends');
    await page.left();
  };
  try {
    let page = await open();
    await desktop.arrange({ x: 210, y: 130, width: 1010, height: 720 });
    const left = await waitFor(async () => {
      const place = await desktop.place();
      return place.width === 1010 && place.height === 720 ? place : null;
    }, 'it has its new size');
    await close(page);
    page = await open();
    const found = await desktop.place();
    assert.ok(near(found, left), `it was left at ${JSON.stringify(left)} and came back at ${JSON.stringify(found)}`);
    await close(page);

    // The screen on which it stood is gone, or was larger.
    const remembered = JSON.parse(await readFile(file, 'utf8'));
    for (const strange of [
      { x: 5000, y: 3000 },
      { x: -4000, y: -200 },
      { x: 1598, y: 998 },
      { width: 4000, height: 3000, x: 100, y: 100 },
    ]) {
      await writeFile(file, JSON.stringify({ main: { ...remembered.main, ...strange } }));
      page = await open();
      const place = await waitFor(async () => {
        const now = await desktop.place();
        return inside(now) ? now : null;
      }, `it is on the screen after ${JSON.stringify(strange)}`).catch(async (error) => {
        error.message += ` at ${JSON.stringify(await desktop.place())}`;
        throw error;
      });
      assert.ok(inside(place));
      await close(page);
    }
  } finally {
    await desktop.stop();
    await rm(profile, { recursive: true, force: true });
  }
}

function inside({ x, y, width, height }) {
  return x >= 0 && y >= 0 && x + width <= SCREEN.width + FRAME && y + height <= SCREEN.height + FRAME;
}
