/** Closing ends the program, in order; what is not sent yet is said first and is sent after the next start, once. */
import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startApp } from '../lib/app.mjs';
import { checkWindow } from '../lib/axe.mjs';
import { startDesktop } from '../lib/desktop.mjs';
import { runs, waitFor } from '../lib/process.mjs';
import { application, artefacts } from '../lib/programs.mjs';
import { startServers } from '../lib/servers.mjs';

export const name = 'closing quits; an unsent message is said first, waits, and is sent once after the next start';

export async function test() {
  const desktop = await startDesktop();
  const servers = await startServers();
  const profile = await mkdtemp(join(tmpdir(), 'posthorn-profile-'));
  const passphrase = join(desktop.home, 'passphrase.txt');
  await desktop.run('sh', ['-c', `echo secret-words > '${passphrase}'`]);
  const args = ['--profile', profile, '--secrets', 'file', '--passphrase-file', passphrase, '--trust-ca', servers.authority];
  const pictures = artefacts('quit');
  const ended = () => waitFor(() => !runs(application(), profile), 'the process ends');
  try {
    let page = await startApp(desktop, [...args, '--seed-accounts', await servers.seed('anna')], { pictures });
    await page.find('.row[data-index]', 60_000);

    // A message that cannot go out now.
    await servers.tell('smtp stop');
    await page.press('c');
    await page.find('.composer .writing');
    await page.fill('.composer [data-field=to]', `bert@${servers.domain}`);
    await page.press('Enter');
    await page.fill('[data-field=subject]', 'Sent later');
    await page.click('.composer [data-send]');
    await page.gone('.composer');
    await waitFor(async () => (await page.call('outbox.unsent')).count === 1, 'it waits in the outbox');

    // Closing says so; the answer may be to stay.
    await desktop.close();
    await page.find('dialog[open]');
    await page.picture('asked');
    await checkWindow(page, 'unsent mail is said');
    await page.click('dialog[open] .btn:not(.btn--primary):not(.btn--danger)');
    await page.gone('dialog[open]');
    assert.ok(runs(application(), profile), 'it stays');

    // Quit all the same: the process ends, and nothing is lost or half-done.
    const settings = await page.call('settings.get');
    await page.call('settings.set', { ...settings, theme: 'dark', language: 'zh-CN' });
    await page.findText('.bar__title', '收件箱');
    await desktop.close();
    await page.find('dialog[open]');
    await page.picture('asked-dark-chinese');
    await page.click('dialog[open] .btn--primary').catch(() => undefined);
    await ended();
    await page.left();
    assert.equal(await servers.tell('count bert INBOX'), 0);

    await servers.tell('smtp start');
    page = await startApp(desktop, args, { pictures });
    await waitFor(async () => (await servers.tell('count bert INBOX')) === 1, 'it is sent after the next start', 60_000);
    await waitFor(async () => (await servers.tell('count anna Sent')) === 1, 'its copy is filed', 60_000);
    await waitFor(async () => (await page.call('outbox.unsent')).count === 0, 'the outbox is empty');

    // With nothing unsent, closing ends it without a word.
    await desktop.close();
    await ended();
    await page.left();
    assert.equal(await servers.tell('count bert INBOX'), 1, 'sent once');
  } finally {
    await servers.stop();
    await desktop.stop();
    await rm(profile, { recursive: true, force: true });
  }
}
