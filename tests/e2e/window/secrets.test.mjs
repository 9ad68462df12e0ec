/** Where passwords are kept: without a keychain a master password is chosen and asked for at each start; with one nothing is asked. */
import assert from 'node:assert/strict';
import { access, mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startApp } from '../lib/app.mjs';
import { checkWindow } from '../lib/axe.mjs';
import { startDesktop } from '../lib/desktop.mjs';
import { start, waitFor } from '../lib/process.mjs';
import { artefacts } from '../lib/programs.mjs';
import { startServers } from '../lib/servers.mjs';
import { typeAccount } from '../lib/setup.mjs';

export const name = 'passwords are kept behind a master password where there is no keychain, and in the keychain where there is one';

const MASTER = 'correct horse 马';

async function withFile(desktop, servers, pictures) {
  const profile = await mkdtemp(join(tmpdir(), 'posthorn-profile-'));
  const args = ['--profile', profile, '--trust-ca', servers.authority, '--known-servers', servers.known];
  try {
    let page = await startApp(desktop, args, { pictures });
    await typeAccount(page, { name: 'Anna Lind', email: `anna@${servers.domain}`, password: servers.password });
    await page.click('form .btn--primary');
    await page.findText('dialog[open]', 'Choose a master password');
    await page.fill('input[name=master]', MASTER);
    await page.fill('input[name=master-again]', 'something else');
    await page.findText('dialog[open]', 'not the same');
    await page.picture('choose');
    await checkWindow(page, 'a master password is chosen');
    await page.fill('input[name=master-again]', MASTER);
    await page.click('dialog[open] .btn--primary');
    await page.find('.row[data-index]', 60_000);
    await page.quit();
    const kept = await readFile(join(profile, 'secrets'));
    assert.ok(!kept.includes(servers.password + '"') && !kept.includes(MASTER), 'nothing readable is in the file');

    // The next start asks; a wrong answer is told, mail can be read meanwhile.
    page = await startApp(desktop, args, { pictures });
    await page.findText('dialog[open]', 'Unlock your passwords', 60_000);
    const settings = await page.call('settings.get');
    await page.call('settings.set', { ...settings, theme: 'dark', language: 'zh-CN' });
    await page.findText('dialog[open] button', '解锁');
    await page.picture('locked-dark-chinese');
    await page.call('settings.set', { ...settings, theme: 'light', language: 'en' });
    await page.fill('input[name=master]', 'wrong');
    await page.click('dialog[open] .btn--primary');
    await page.findText('dialog[open]', 'not the master password');
    await page.picture('wrong');
    await checkWindow(page, 'a wrong master password');
    await page.clickText('dialog[open] button', 'Later');
    await page.gone('dialog[open]');
    await page.find('.row[data-index]');
    await page.click('.status__line');
    await page.findText('.popover', 'passwords cannot be opened');
    await page.picture('status');
    await page.clickText('.popover button', 'Unlock passwords');
    await page.fill('input[name=master]', MASTER);
    await page.click('dialog[open] .btn--primary');
    await page.gone('dialog[open]');
    await waitFor(async () => (await page.call('accounts.list'))[0].status.state === 'upToDate', 'the account is well');
    await page.quit();
  } finally {
    await rm(profile, { recursive: true, force: true });
  }
}

async function withKeychain(desktop, servers, pictures) {
  const profile = await mkdtemp(join(tmpdir(), 'posthorn-profile-'));
  const args = ['--profile', profile, '--trust-ca', servers.authority, '--known-servers', servers.known];
  const keychain = start('gnome-keyring-daemon', ['--foreground', '--unlock', '--components=secrets'], { env: desktop.env });
  keychain.child.stdin.end('keychain');
  const owned = 'org.freedesktop.DBus.NameHasOwner';
  const ask = ['--session', '--dest=org.freedesktop.DBus', '--print-reply', '/org/freedesktop/DBus', owned, 'string:org.freedesktop.secrets'];
  await waitFor(async () => (await desktop.run('dbus-send', ask)).stdout.includes('boolean true'), 'the keychain is there', 20_000);
  try {
    let page = await startApp(desktop, args, { pictures });
    await page.find('input[name=email]');
    assert.equal((await page.call('app.info')).secrets, 'keychain');
    await typeAccount(page, { name: 'Bert Okoro', email: `bert@${servers.domain}`, password: servers.password });
    await page.click('form .btn--primary');
    await waitFor(async () => (await page.call('accounts.list')).length === 1, 'the account is there', 60_000);
    await page.quit();
    await assert.rejects(access(join(profile, 'secrets')), 'there is no file of passwords');

    // Nothing is asked at the next start.
    page = await startApp(desktop, args, { pictures });
    await waitFor(async () => (await page.call('accounts.list'))[0]?.status.state === 'upToDate', 'it signs in by itself', 60_000);
    await page.gone('dialog[open]');
    await page.quit();

    // The keychain is gone: said, and a file can take its place.
    await keychain.stop();
    page = await startApp(desktop, args, { pictures });
    await page.findText('dialog[open]', 'The keychain does not answer', 60_000);
    await page.picture('keychain-gone');
    await checkWindow(page, 'a keychain that does not answer');
    await page.fill('input[name=master]', MASTER);
    await page.fill('input[name=master-again]', MASTER);
    await page.click('dialog[open] .btn--primary');
    await page.findText('dialog[open]', 'Password for', 60_000);
    await page.fill('dialog[open] input', servers.password);
    await page.click('dialog[open] .btn--primary');
    await waitFor(async () => (await page.call('accounts.list'))[0].status.state === 'upToDate', 'it goes on with the file', 60_000);
    assert.equal((await page.call('app.info')).secrets, 'file');
    await page.quit();
  } finally {
    await keychain.stop();
    await rm(profile, { recursive: true, force: true });
  }
}

export async function test() {
  const desktop = await startDesktop();
  const servers = await startServers();
  const pictures = artefacts('secrets');
  try {
    await withFile(desktop, servers, pictures);
    await withKeychain(desktop, servers, pictures);
  } finally {
    await servers.stop();
    await desktop.stop();
  }
}
