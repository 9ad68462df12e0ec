/** A password that was changed at the provider is asked for once, in the server's words; with the new one mail flows again. */
import assert from 'node:assert/strict';
import { checkWindow } from '../lib/axe.mjs';
import { waitFor } from '../lib/process.mjs';
import { inDarkChinese, inWorld } from '../lib/world.mjs';

export const name = 'a password that no longer works is asked for once, with the sentence of the server';

export function test() {
  return inWorld('password', async ({ servers, open }) => {
    const page = await open('anna');

    // Changed while nobody looks; the open session ends with the server.
    await servers.tell('password anna changed1');
    await servers.tell('imap stop');
    await servers.tell('imap start');
    await page.call('accounts.checkNow', { account: null });
    await page.find('dialog[open] input[type=password]', 60_000);
    await page.findText('dialog[open] .said', 'Authentication failed');
    await page.picture('asked');
    await checkWindow(page, 'the password is asked for');
    await inDarkChinese(page, 'dialog[open] button', '登录', 'asked');

    // Later: it is not asked again by itself, the status line goes on saying it.
    await page.clickText('dialog[open] button', 'Later');
    await page.gone('dialog[open]');
    await page.findText('.status__line', 'Password refused');
    await page.call('accounts.checkNow', { account: null });
    await waitFor(async () => (await page.call('accounts.list'))[0].status.state === 'needsPassword', 'it is refused again');
    await page.gone('dialog[open]');
    await page.click('.status__line');
    await page.find('.popover');
    await page.picture('status');
    await checkWindow(page, 'the status of a refused account');
    await page.clickText('.popover button', 'Sign in again');

    // A wrong one is refused in words, the right one is taken.
    await page.fill('dialog[open] input', 'guessed2');
    await page.click('dialog[open] .btn--primary');
    await page.findText('dialog[open]', 'refused the user name or password');
    await page.picture('refused');
    await page.fill('dialog[open] input', 'changed1');
    await page.click('dialog[open] .btn--primary');
    await page.gone('dialog[open]');
    await servers.deliver('anna', { from: 'Bert Okoro <bert@posthorn.test>', subject: 'It flows again', text: 'Indeed.' });
    await page.findText('.row__subj', 'It flows again');
    await waitFor(async () => (await page.call('accounts.list'))[0].status.state === 'upToDate', 'the account is well');
    assert.equal((await page.call('accounts.list'))[0].status.problem, null);
    await page.quit();
  });
}
