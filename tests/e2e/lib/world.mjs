/** What a window test stands on: a desktop, mail servers, a profile; taken away again whatever happens. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startApp } from './app.mjs';
import { startDesktop } from './desktop.mjs';
import { artefacts } from './programs.mjs';
import { startServers } from './servers.mjs';

/**
 * Runs `steps` with a desktop, servers, a profile, and `open(...users)`, which starts the application on that profile, with
 * these accounts the first time, and waits until their mail is here. Pictures go to a folder called `name`; the options
 * are those of `startDesktop`.
 */
export async function inWorld(name, steps, desktopOptions = {}) {
  const desktop = await startDesktop(desktopOptions);
  const servers = await startServers();
  const profile = await mkdtemp(join(tmpdir(), 'posthorn-profile-'));
  const passphrase = join(desktop.home, 'passphrase.txt');
  await desktop.run('sh', ['-c', `echo secret-words > '${passphrase}'`]);
  const args = ['--profile', profile, '--secrets', 'file', '--passphrase-file', passphrase, '--trust-ca', servers.authority];
  const open = async (...users) => {
    const seed = users.length > 0 ? ['--seed-accounts', await servers.seed(...users)] : [];
    const page = await startApp(desktop, [...args, ...seed], { pictures: artefacts(name) });
    await page.find('.row[data-index]', 60_000);
    await page.call('sync.wait', { account: null, timeoutMs: 60_000 });
    return page;
  };
  try {
    await steps({ desktop, servers, profile, open });
  } finally {
    await servers.stop();
    await desktop.stop();
    await rm(profile, { recursive: true, force: true });
  }
}

/** Takes a picture of what is on screen in the dark theme and in Chinese, once `css` says `words`; then all is as before. */
export async function inDarkChinese(page, css, words, name) {
  const settings = await page.call('settings.get');
  await page.call('settings.set', { ...settings, theme: 'dark', language: 'zh-CN' });
  await page.findText(css, words);
  await page.picture(`${name}-dark-chinese`);
  await page.call('settings.set', settings);
}
