/** A long text: its frame draws the beginning at once and the rest in parts, until all of it is there. */
import assert from 'node:assert/strict';
import { openBrowser, startDevserver } from '../lib/browser.mjs';
import { waitFor } from '../lib/process.mjs';
import { startServers } from '../lib/servers.mjs';

export const name = 'a long text is drawn to its last line';

const LINES = 3000;

export async function test() {
  const servers = await startServers();
  const server = await startDevserver(servers, { seed: await servers.seed('anna') });
  try {
    const text = Array.from({ length: LINES }, (_, at) => `This is line ${at + 1} of it.`).join('\n');
    await servers.deliver('anna', { from: 'Bert Okoro <bert@posthorn.test>', subject: 'Three thousand lines', text });
    await server.call('accounts.checkNow', { account: null });
    const { settled } = await server.call('sync.wait', { account: null, timeoutMs: 60_000 });
    assert.ok(settled, 'synchronisation came to rest');
    const { browser, page } = await openBrowser(server);
    try {
      await page.locator('.row[data-index] .row__subj', { hasText: 'Three thousand lines' }).click();
      const frame = page.frameLocator('.msg.is-open iframe');
      const part = (at) => frame.locator('.mail-plain').nth(at);
      await part(0).waitFor();
      assert.ok((await frame.locator('.mail-plain').count()) > 3, 'it came in parts');
      await part(-1).waitFor({ state: 'visible' });
      await waitFor(async () => (await frame.locator('.mail-late').count()) === 0, 'nothing is left out');
      const drawn = (await frame.locator('body').innerText()).split('\n');
      assert.equal(drawn.filter((line) => line.startsWith('This is line ')).length, LINES);
      // As high as a frame may be; the rest is scrolled inside of it.
      await waitFor(async () => (await page.locator('.msg.is-open iframe').boundingBox()).height >= 20_000, 'the frame has grown');
    } finally {
      await browser.close();
    }
  } finally {
    await server.stop();
    await servers.stop();
  }
}
