/** Folders by hand: the picker moves and copies to another account, the menu of a folder renames, colours and empties. */
import assert from 'node:assert/strict';
import { openBrowser, startDevserver } from '../lib/browser.mjs';
import { checkPage } from '../lib/axe.mjs';
import { waitFor } from '../lib/process.mjs';
import { startServers } from '../lib/servers.mjs';

export const name = 'messages go to folders of other accounts by the picker, and folders have menus and properties';

export async function test() {
  const servers = await startServers();
  const server = await startDevserver(servers, { seed: await servers.seed('anna', 'bert') });
  try {
    for (const subject of ['First parcel', 'Second parcel']) {
      await servers.deliver('anna', { from: 'Carl <carl@posthorn.test>', subject, text: 'To be moved.' });
    }
    await server.call('accounts.checkNow', { account: null });
    assert.ok((await server.call('sync.wait', { account: null, timeoutMs: 60_000 })).settled);
    const { browser, page } = await openBrowser(server);
    try {
      await page.locator('.row[data-index="0"]').waitFor();
      const subjects = async () => (await page.locator('.row[data-index]').allInnerTexts()).join('\n');
      const pick = async (key, text) => {
        await page.keyboard.press(key);
        await page.locator('dialog[open] input').fill(text);
        await page.keyboard.press('Enter');
        await page.locator('dialog[open]').waitFor({ state: 'detached' });
      };

      // By keyboard: what is typed is found in the account's name too.
      await page.locator('.row', { hasText: 'First parcel' }).click();
      const archive = await servers.tell('count bert Archive');
      await pick('Shift+V', 'work archive');
      await waitFor(async () => (await servers.tell('count bert Archive')) === archive + 1, 'the copy arrives', 60_000);
      assert.ok((await subjects()).includes('First parcel'), 'the original stays');

      const anna = await servers.tell('count anna INBOX');
      await page.locator('.row', { hasText: 'Second parcel' }).click();
      await pick('v', 'work archive');
      await waitFor(async () => !(await subjects()).includes('Second parcel'), 'it leaves the list at once');
      await waitFor(async () => (await servers.tell('count bert Archive')) === archive + 2, 'it arrives', 60_000);
      await waitFor(async () => (await servers.tell('count anna INBOX')) === anna - 1, 'and only then goes', 60_000);

      // By the folder's own menu.
      const folder = (text) => page.locator('.side [data-nav]', { hasText: text });
      const menu = async (on, line) => {
        await on.first().click({ button: 'right' });
        await page.getByRole('menuitem', { name: line }).click();
      };
      await page.keyboard.press('Control+k');
      await page.locator('dialog[open] input').fill('New folder');
      await page.keyboard.press('Enter');
      await page.locator('dialog[open] input').fill('Letters & bills');
      await page.keyboard.press('Enter');
      await folder('Letters & bills').first().waitFor();
      await menu(folder('Letters & bills'), 'Rename folder');
      await page.locator('dialog[open] input').fill('Post 信件');
      await page.keyboard.press('Enter');
      await folder('Post 信件').first().waitFor();
      await menu(folder('Post 信件'), 'Add to favourites');
      await folder('Favourites').waitFor();
      await menu(folder('Post 信件'), 'Properties');
      const dialog = page.locator('dialog[open]');
      await dialog.getByRole('radio', { name: 'Colour 3' }).click();
      await dialog.locator('.facts').getByText('On the server').waitFor();
      await checkPage(page, 'folder properties');
      await page.keyboard.press('Escape');
      await page.locator('.side .nav__icon[data-n="3"]').first().waitFor();
      await menu(folder('Post 信件'), 'Delete folder…');
      await page.getByRole('button', { name: 'Delete folder' }).click();
      await folder('Post 信件').first().waitFor({ state: 'detached' });
      await page.locator('.undo').getByRole('button', { name: 'Undo' }).click();
      await folder('Post 信件').first().waitFor();
    } finally {
      await browser.close();
    }
  } finally {
    await server.stop();
    await servers.stop();
  }
}
