/** The demo where no display is: a walk through the application under Xvfb that leaves numbered pictures. */
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { startApp } from './lib/app.mjs';
import { startDesktop } from './lib/desktop.mjs';
import { dropFiles } from './lib/drop.mjs';
import { stopAll } from './lib/process.mjs';
import { artefacts } from './lib/programs.mjs';

const profile = process.env.POSTHORN_PROFILE;
const seed = process.env.POSTHORN_SEED_ACCOUNTS;
const authority = process.env.POSTHORN_TRUST_CA;
if (!profile || !seed) throw new Error('run this through cargo xtask demo');
const pictures = artefacts();
const desktop = await startDesktop();
const say = (words) => console.log(`tour: ${words}`);

async function settings(page, patch) {
  await page.call('settings.set', { ...(await page.call('settings.get')), ...patch });
}

try {
  const trust = authority ? ['--trust-ca', authority] : [];
  const page = await startApp(desktop, ['--profile', profile, '--secrets', 'memory', '--seed-accounts', seed, ...trust], { pictures });
  await page.find('.row[data-index]', 120_000);
  await page.call('sync.wait', { account: null, timeoutMs: 180_000 });
  say('three accounts are here, everything is downloaded');
  await page.picture('inbox');

  const conversation = await page.evaluate(
    "const row = [...document.querySelectorAll('.row[data-index]')].find((row) => row.querySelector('.row__n')); return row ? Number(row.dataset.index) : 0;",
  );
  await page.click(`.row[data-index="${conversation}"]`);
  await page.find('.msg.is-open');
  await page.find('.msg.is-open iframe');
  say('a conversation');
  await page.picture('conversation');

  await page.press('r');
  await page.find('.composer .writing');
  await page.type('Thank you. The numbers are attached. 数字见附件。');
  const file = join(profile, 'numbers 数字.csv');
  await writeFile(file, 'month,letters\nNovember,42\n');
  const { x, y, width } = await (await page.find('.composer')).getRect();
  await dropFiles(desktop, [file], { x: Math.round(x + width / 2), y: Math.round(y + 120) });
  await page.find('.composer .att');
  await page.evaluate("document.querySelector('.composer').scrollIntoView({ block: 'end' })");
  await page.picture('compose');
  say('an answer with a file');
  await page.press('Escape');
  await page.gone('.composer');

  await page.fill('[data-search]', '会议');
  await page.findText('.bar__title', 'Search');
  await page.find('.row[data-index]');
  say('a search in Chinese');
  await page.picture('search');
  await page.press('Escape');

  await page.press('Control', 'k');
  await page.type('mail on the server');
  await page.press('Enter');
  await page.find('.mdrop__all .mdrop__line');
  say('what is on the POP3 server');
  await page.picture('maildrop');
  await page.press('Escape');

  await page.press('Control', ',');
  await page.find('.set');
  say('the settings');
  await page.picture('settings');
  await settings(page, { theme: 'dark' });
  await page.picture('settings-dark');
  await page.press('Escape');
  await page.click('.row[data-index="0"]');
  await page.find('.msg.is-open');
  say('dark');
  await page.picture('inbox-dark');
  await settings(page, { language: 'zh-CN' });
  await page.findText('.bar__title', '收件箱');
  say('dark, in Chinese');
  await page.picture('inbox-dark-chinese');
  await settings(page, { theme: 'light' });
  await page.picture('inbox-chinese');
  await page.press('Control', 'k');
  await page.find('dialog[open]');
  say('every command');
  await page.picture('palette');
  await page.press('Escape');
  await page.quit();
  console.log(`pictures are in ${pictures}`);
} finally {
  await stopAll();
  await desktop.stop();
}
