/** The server goes away and comes back: the status says so, what was done meanwhile shows at once and is told to the server later. */
import assert from 'node:assert/strict';
import { checkWindow } from '../lib/axe.mjs';
import { waitFor } from '../lib/process.mjs';
import { inDarkChinese, inWorld } from '../lib/world.mjs';

export const name = 'without a server mail is read and sorted, the status says what is waited for, and all of it is done later';

export function test() {
  return inWorld('offline', async ({ servers, open }) => {
    await servers.deliver('anna', { from: 'Bert Okoro <bert@posthorn.test>', subject: 'Before the storm', text: 'Still here.' });
    const page = await open('anna');
    await page.findText('.row__subj', 'Before the storm', 60_000);
    const status = async () => (await page.call('accounts.list'))[0].status;

    await servers.tell('imap stop');
    await waitFor(async () => (await status()).state === 'waiting', 'the loss is noticed');
    await page.findText('.status__line', 'Waiting, next try');
    // First the connection broke; the next try then finds nobody.
    const lost = await waitFor(
      async () => {
        const now = await status();
        return now.state === 'waiting' && now.problem?.code === 'offline' ? now : null;
      },
      'the server cannot be reached',
      60_000,
    );
    assert.ok(lost.nextTryAt > lost.sinceAt, 'it says when it tries again');
    assert.equal(lost.connectedSinceAt, null);

    // Read and sorted all the same.
    const before = await servers.tell('count anna INBOX');
    await page.clickText('.row__subj', 'Before the storm');
    const words = await page.inFrame('iframe', (driver) => driver.executeScript('return document.body.innerText'));
    assert.match(words, /Still here/);
    await page.press('e');
    await waitFor(async () => !(await page.evaluate("return [...document.querySelectorAll('.row__subj')].some((row) => row.textContent.includes('Before the storm'))")), 'it leaves the list at once');
    assert.equal(await servers.tell('count anna INBOX'), before, 'the server cannot know yet');
    await page.click('.status__line');
    await page.findText('.popover', 'for the server');
    await page.findText('.popover', 'cannot be reached');
    await page.picture('waiting');
    await checkWindow(page, 'the status of an account that waits');
    await inDarkChinese(page, '.popover', '重试', 'waiting');

    // Back: by the button of the status, and everything is told.
    await servers.tell('imap start');
    await page.clickText('.popover button', 'Try again');
    await waitFor(async () => (await servers.tell('count anna INBOX')) === before - 1, 'the server is told', 60_000);
    await waitFor(async () => (await servers.tell('count anna Archive')) === 1, 'it is archived there');
    await waitFor(async () => (await status()).state === 'upToDate', 'the account is well again');
    const found = await status();
    assert.equal(found.problem, null);
    assert.equal(found.pendingOperations, 0);
    assert.ok(found.connectedSinceAt >= lost.sinceAt, 'connected since it came back');
    await page.picture('back');

    // Lost once more, it comes back by itself.
    await servers.tell('imap stop');
    await waitFor(async () => (await status()).state === 'waiting', 'the second loss is noticed');
    await servers.tell('imap start');
    await servers.deliver('anna', { from: 'Bert Okoro <bert@posthorn.test>', subject: 'After the storm', text: 'Calm.' });
    await page.findText('.row__subj', 'After the storm', 90_000);

    // Offline by choice.
    await page.call('app.setOffline', { offline: true });
    await page.findText('.status__line', 'Offline');
    await page.picture('offline');
    await page.quit();
  });
}
