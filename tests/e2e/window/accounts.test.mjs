/** Two accounts in one window: the second is found by its address alone, and what the first sends arrives there by itself. */
import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startApp } from '../lib/app.mjs';
import { checkWindow } from '../lib/axe.mjs';
import { startDesktop } from '../lib/desktop.mjs';
import { waitFor } from '../lib/process.mjs';
import { artefacts } from '../lib/programs.mjs';
import { startServers } from '../lib/servers.mjs';
import { typeAccount } from '../lib/setup.mjs';

export const name = 'a second account is added by address and password, and what the first one sends arrives in it';

export async function test() {
  const desktop = await startDesktop();
  const servers = await startServers();
  const profile = await mkdtemp(join(tmpdir(), 'posthorn-profile-'));
  const pictures = artefacts('accounts');
  const args = ['--profile', profile, '--secrets', 'memory', '--trust-ca', servers.authority, '--known-servers', servers.known];
  try {
    const page = await startApp(desktop, args, { pictures });
    await typeAccount(page, { name: 'Anna Lind', email: `anna@${servers.domain}`, password: servers.password });
    await page.click('form .btn--primary');
    await page.find('.row[data-index]', 60_000);

    // The second one, from the palette.
    await page.press('Control', 'k');
    await page.find('dialog[open] input');
    await page.type('Add account');
    await page.press('Enter');
    await page.find('input[name=email]');
    await typeAccount(page, { name: 'Bert Okoro', email: `bert@${servers.domain}`, password: 'wrong' });
    await page.click('form .btn--primary');
    await page.findText('.trouble', 'refused');
    await page.picture('wrong-password');
    await checkWindow(page, 'a refused password');
    await page.fill('input[name=password]', servers.password);
    await page.click('form .btn--primary');
    await waitFor(async () => (await page.call('accounts.list')).length === 2, 'the second account is there', 60_000);
    await page.call('sync.wait', { account: null, timeoutMs: 60_000 });

    // Its own inbox is on the screen, empty; what Anna sends comes by IDLE.
    const [, second] = await page.call('accounts.list');
    const own = ({ role, account }) => role === 'inbox' && account === second.id;
    const inbox = await waitFor(async () => (await page.call('mailboxes.list')).find(own), 'its inbox is there', 60_000);
    assert.equal(inbox.total, 0);
    const line = `[data-drop-mailbox="${inbox.id}"]`;
    await page.click(line);
    await page.findText('.bar__title', 'Inbox');
    await page.picture('second-account');
    await page.press('c');
    await page.find('.composer .writing');
    await page.fill('.composer [data-field=to]', `bert@${servers.domain}`);
    await page.press('Enter');
    await page.fill('[data-field=subject]', 'From one to the other 从一处到另一处');
    await page.click('.composer [data-send]');
    await page.gone('.composer');
    await waitFor(async () => (await servers.tell('count bert INBOX')) === 1, 'it is on the server', 60_000);
    // The list that is on the screen is Bert's alone; nobody asked for mail.
    await page.findText('.row__subj', '从一处到另一处', 5_000);
    await page.findText(`${line} .nav__count`, '1');
    await page.picture('arrived');
    await checkWindow(page, 'two accounts');

    // All inboxes together show the mail of both.
    await page.click('.nav__item[title^="All inboxes"], .nav__item[title^="Inbox"]');
    await page.findText('.row__subj', '从一处到另一处');
    const both = await page.call('mailboxes.list');
    const total = both.filter(({ role }) => role === 'inbox').reduce((sum, { total }) => sum + total, 0);
    assert.ok(total > 1);
    await waitFor(async () => (await page.evaluate("return document.querySelectorAll('.row[data-index]').length")) > 1, 'rows of both');
    await page.picture('both');
    await page.quit();
  } finally {
    await servers.stop();
    await desktop.stop();
    await rm(profile, { recursive: true, force: true });
  }
}
