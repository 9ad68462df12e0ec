/** Mail without a mouse: going through the list, reading, answering, archiving, undoing, searching. */
import assert from 'node:assert/strict';
import { openBrowser, startDevserver } from '../lib/browser.mjs';
import { waitFor } from '../lib/process.mjs';
import { startServers } from '../lib/servers.mjs';

export const name = 'mail is read, answered, archived, taken back and found with the keyboard alone';

export async function test() {
  const servers = await startServers();
  const server = await startDevserver(servers, { seed: await servers.seed('anna', 'bert') });
  try {
    await servers.deliver('anna', { from: 'Bert Okoro <bert@posthorn.test>', subject: 'Keys', text: 'No mouse needed.' });
    await server.call('accounts.checkNow', { account: null });
    const { settled } = await server.call('sync.wait', { account: null, timeoutMs: 60_000 });
    assert.ok(settled, 'synchronisation came to rest');
    const { browser, page } = await openBrowser(server);
    try {
      await page.locator('.row[data-index="0"]').waitFor();
      const subjects = async () => page.locator('.row[data-index] .row__subj').allInnerTexts();
      await page.keyboard.press('j');
      await page.locator('.subject h1', { hasText: 'Keys' }).waitFor();
      await page.frameLocator('.msg.is-open iframe').getByText('No mouse needed.').waitFor();

      await page.keyboard.press('r');
      await page.locator('.composer .writing').waitFor();
      await page.keyboard.type('Indeed.');
      await page.keyboard.press('Control+Enter');
      await page.locator('.composer').waitFor({ state: 'detached' });
      await waitFor(async () => (await servers.tell('count bert INBOX')) === 1, 'the answer arrives', 60_000);

      await page.locator('[data-name=list] [data-pane-focus]').focus();
      const before = await servers.tell('count anna INBOX');
      await page.keyboard.press('e');
      await waitFor(async () => !(await subjects()).includes('Keys'), 'the row goes at once');
      await waitFor(async () => (await servers.tell('count anna INBOX')) === before - 1, 'the server is told');
      await page.keyboard.press('z');
      await waitFor(async () => (await subjects()).includes('Keys'), 'the row comes back');
      await waitFor(async () => (await servers.tell('count anna INBOX')) === before, 'the server has it back');

      await page.keyboard.press('/');
      await page.keyboard.type('from:bert mouse');
      await waitFor(async () => (await subjects()).length > 0 && (await subjects()).every((subject) => subject.includes('Keys')), 'it is found');
      await page.keyboard.press('Escape');
      await waitFor(async () => (await subjects()).length > 1, 'the inbox is back');
    } finally {
      await browser.close();
    }
  } finally {
    await server.stop();
    await servers.stop();
  }
}
