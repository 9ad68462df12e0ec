/** The main job: an account typed in, mail read, answered with a dropped file, moved and taken back, found in Chinese; and all of it there after a restart. */
import assert from 'node:assert/strict';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startApp } from '../lib/app.mjs';
import { checkWindow } from '../lib/axe.mjs';
import { startDesktop } from '../lib/desktop.mjs';
import { dropFiles } from '../lib/drop.mjs';
import { waitFor } from '../lib/process.mjs';
import { artefacts } from '../lib/programs.mjs';
import { startServers } from '../lib/servers.mjs';
import { typeAccount, typeServers } from '../lib/setup.mjs';

export const name = 'a person adds an account, reads, answers with a dropped file, moves, searches, and finds it all again';

export async function test() {
  const desktop = await startDesktop();
  const servers = await startServers();
  const profile = await mkdtemp(join(tmpdir(), 'posthorn-profile-'));
  const passphrase = join(profile, 'passphrase.txt');
  await writeFile(passphrase, 'correct horse battery staple\n');
  const args = ['--profile', profile, '--secrets', 'file', '--passphrase-file', passphrase, '--trust-ca', servers.authority];
  const pictures = artefacts('journey');
  try {
    let page = await startApp(desktop, args, { pictures });
    await page.find('input[name=email]');
    await checkWindow(page, 'first run');
    await page.picture('first-run');
    await typeAccount(page, { name: 'Anna Lind', email: `anna@${servers.domain}`, password: servers.password });
    await typeServers(page, servers);
    await page.click('form .btn--primary');
    await page.find('.row[data-index]', 60_000);
    await page.call('sync.wait', { account: null, timeoutMs: 60_000 });
    await page.picture('inbox');
    await checkWindow(page, 'inbox');

    // New mail shows by itself, and is read.
    await servers.deliver('anna', { from: 'Bert Okoro <bert@posthorn.test>', subject: 'Lunch on Friday?', text: 'Shall we meet at noon? 中午见。' });
    await page.clickText('.row__subj', 'Lunch on Friday?');
    await page.findText('.subject h1', 'Lunch on Friday?');
    const words = await page.inFrame('iframe', (driver) => driver.executeScript('return document.body.innerText'));
    assert.match(words, /Shall we meet at noon\? 中午见。/);
    await page.picture('read');
    await checkWindow(page, 'reader');

    // Answered, with a file from another program.
    const file = join(profile, 'Speisekarte 菜单.txt');
    await writeFile(file, 'Soup and bread\n');
    await page.press('r');
    const composer = await page.find('.composer');
    await page.find('.composer .writing');
    await page.type('Noon is fine. 见附件。');
    const rect = await composer.getRect();
    await dropFiles(desktop, [file], { x: Math.round(rect.x + rect.width / 2), y: Math.round(rect.y + 150) });
    await page.findText('.composer .att', '菜单.txt');
    await page.picture('compose');
    await checkWindow(page, 'composer');
    await page.click('.composer [data-send]');
    await page.gone('.composer');
    await page.picture('sending');
    await waitFor(async () => (await servers.tell('count bert INBOX')) === 1, 'the answer arrives at Bert', 60_000);
    await waitFor(async () => (await servers.tell('count anna Sent')) === 1, 'the copy is filed in Sent', 60_000);

    // Moved, and taken back.
    const before = await servers.tell('count anna INBOX');
    await page.clickText('.row__subj', 'Lunch on Friday?');
    await page.press('e');
    await waitFor(async () => (await servers.tell('count anna Archive')) >= 1, 'it is archived on the server');
    await page.click('.undo button');
    await waitFor(async () => (await servers.tell('count anna INBOX')) === before, 'it is back in the inbox on the server');

    // Found, in Chinese.
    await page.fill('[data-search]', '中午');
    await page.findText('.row__subj', 'Lunch on Friday?');
    await page.picture('search');
    await checkWindow(page, 'search');
    await page.press('Escape');

    // Another theme, another language.
    const settings = await page.call('settings.get');
    await page.call('settings.set', { ...settings, theme: 'dark', language: 'zh-CN' });
    await waitFor(async () => (await page.evaluate('return document.documentElement.dataset.theme')) === 'dark', 'it is dark');
    await page.findText('.bar__title', '收件箱');
    await page.picture('dark-chinese');
    await checkWindow(page, 'dark, in Chinese');

    // Ended and started again: all there.
    const rows = (await page.call('mailboxes.list')).find((mailbox) => mailbox.role === 'inbox').total;
    await page.quit();
    page = await startApp(desktop, args, { pictures });
    await page.findText('.bar__title', '收件箱', 60_000);
    await page.findText('.row__subj', 'Lunch on Friday?');
    assert.equal((await page.call('mailboxes.list')).find((mailbox) => mailbox.role === 'inbox').total, rows);
    await page.picture('started-again');
    await page.quit();
  } finally {
    await servers.stop();
    await desktop.stop();
    await rm(profile, { recursive: true, force: true });
  }
}
