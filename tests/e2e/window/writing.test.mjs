/** Writing in the real window: files dropped on the list, a picture from the clipboard, commands by key, drafts that are left, and spelling that leaves Chinese alone. */
import assert from 'node:assert/strict';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { startApp } from '../lib/app.mjs';
import { checkWindow } from '../lib/axe.mjs';
import { startDesktop } from '../lib/desktop.mjs';
import { dropFiles } from '../lib/drop.mjs';
import { start, waitFor } from '../lib/process.mjs';
import { artefacts } from '../lib/programs.mjs';
import { startServers } from '../lib/servers.mjs';

export const name = 'a person drops files on the list, pastes a picture, writes by keys, and leaves drafts behind or not';

const CLIPBOARD = fileURLToPath(new URL('../lib/clipboard.py', import.meta.url));

/** Lets another program own the clipboard; answers with it. */
async function offer(desktop, ...what) {
  const owner = start('/usr/bin/python3', [CLIPBOARD, ...what], { env: desktop.env });
  await owner.line((line) => line === 'ready', 'the clipboard is its own');
  return owner;
}

export async function test() {
  const desktop = await startDesktop();
  const servers = await startServers();
  const profile = await mkdtemp(join(tmpdir(), 'posthorn-profile-'));
  const pictures = artefacts('writing');
  try {
    const args = ['--profile', profile, '--secrets', 'memory', '--trust-ca', servers.authority];
    const page = await startApp(desktop, [...args, '--seed-accounts', await servers.seed('anna', 'bert')], { pictures });
    await page.find('.row[data-index]', 60_000);
    await page.call('sync.wait', { account: null, timeoutMs: 60_000 });
    const settings = await page.call('settings.get');
    await page.call('settings.set', { ...settings, undoSendSeconds: 0 });
    const drafts = async () => (await page.call('drafts.list')).length;
    const before = await drafts();

    // An answer that nobody touched leaves nothing behind.
    await servers.deliver('anna', { from: 'Bert Okoro <bert@posthorn.test>', subject: 'Figures', text: 'Please send me the figures. 请发数据。' });
    await page.clickText('.row__subj', 'Figures');
    await page.findText('.subject h1', 'Figures');
    await page.press('r');
    await page.find('.composer .writing');
    await page.press('Escape');
    await page.gone('.composer');
    await waitFor(async () => (await drafts()) === before, 'no draft is left of an untouched answer');

    // A touched one is kept and said so; thrown away from there, it can be taken back.
    await page.press('r');
    await page.find('.composer .writing');
    await page.type('Half a thought');
    await page.press('Escape');
    await page.findText('.undo', 'Draft saved');
    assert.equal(await drafts(), before + 1);
    await page.click('.undo button');
    await page.findText('.undo', 'Draft discarded');
    await page.click('.undo button');
    await page.findText('.composer .writing', 'Half a thought');
    await page.press('Control', 'Shift', 'd');
    await page.gone('.composer');
    await waitFor(async () => (await drafts()) === before, 'the draft goes when the way back is over');

    // Files dropped on the list begin a message.
    const file = join(profile, 'Zahlen 数据.csv');
    await writeFile(file, 'a;b\n1;2\n');
    const list = await (await page.find('[data-name=list]')).getRect();
    await dropFiles(desktop, [file], { x: Math.round(list.x + list.width / 2), y: Math.round(list.y + 200) });
    await page.findText('.composer .att', '数据.csv');
    await page.picture('dropped-on-the-list');

    // A second one, dropped on the list while a message is being written, goes there.
    const more = join(profile, 'more.txt');
    await writeFile(more, 'more\n');
    await dropFiles(desktop, [more], { x: Math.round(list.x + list.width / 2), y: Math.round(list.y + 200) });
    await page.findText('.composer .att', 'more.txt');
    assert.equal(await page.evaluate('return document.querySelectorAll(".composer").length'), 1);

    // Written by keys alone: recipients, subject, text, bold, a picture from the clipboard.
    await page.press('Alt', 'Shift', 't');
    await page.type('bert@posthorn.test,');
    await page.findText('.composer .chip', 'bert@posthorn.test');
    await page.press('Alt', 'Shift', 's');
    await page.type('Picture inside');
    await page.press('Alt', 'Shift', 'm');
    await page.press('Control', 'b');
    await page.type('Bold wrds here');
    await page.press('Control', 'b');
    await page.press('Enter');
    await page.type('这是中文段落。');
    await page.press('Enter');
    const owner = await offer(desktop, 'image', '64', '48');
    await page.press('Control', 'v');
    await page.find('.composer .writing img[data-cid]');
    await owner.stop();
    await page.picture('picture-and-spelling');
    await checkWindow(page, 'composer with picture');
    const marks = await page.evaluate(
      "return [...document.querySelectorAll('.writing div')].map((block) => [block.textContent.slice(0, 4), block.spellcheck])",
    );
    assert.ok(marks.some(([words, checked]) => words === 'Bold' && checked), `English is checked: ${JSON.stringify(marks)}`);
    assert.ok(marks.some(([words, checked]) => words.startsWith('这是') && !checked), `Chinese is not: ${JSON.stringify(marks)}`);

    // The menu lists what keys do, and Ctrl+Enter sends.
    await page.click('.cfoot [aria-haspopup=menu]:has(.lucide-ellipsis)');
    await page.findText('[role=menu]', 'Send and archive');
    await page.picture('menu');
    await checkWindow(page, 'menu of the composer');
    await page.press('Escape');
    await page.press('Alt', 'Shift', 'm');
    await page.press('Control', 'Enter');
    await page.gone('.composer');
    await waitFor(async () => (await servers.tell('count bert INBOX')) === 1, 'it arrives at Bert', 60_000);
    await page.call('sync.wait', { account: null, timeoutMs: 60_000 });
    await page.clickText('.row__subj', 'Picture inside');
    await page.find('iframe');
    const shown = await page.inFrame('iframe', (driver) =>
      waitFor(
        () => driver.executeScript("const img = document.querySelector('img'); return img && img.naturalWidth ? [img.naturalWidth, img.naturalHeight, document.querySelector('b')?.textContent] : null"),
        'the picture is drawn',
      ),
    );
    assert.deepEqual(shown, [64, 48, 'Bold wrds here']);
    const message = (await page.evaluate("return Number(document.querySelector('.msg.is-open').dataset.message)"));
    const { text } = await page.call('messages.source', { id: message });
    assert.match(text, /Content-Type: multipart\/related/i);
    assert.doesNotMatch(text, /spellcheck/);
    await page.picture('arrived');

    // Found in the message; the marks are the frame's own.
    await page.click('.subject h1');
    await page.press('Control', 'f');
    await page.find('.find input');
    await page.type('wrds');
    await page.findText('.find [role=status]', '1 of 1');
    await page.picture('found');
    await checkWindow(page, 'find in message');
    await page.press('Escape');
    await page.gone('.find');

    // Printed: the system's dialog opens over the window, and goes again.
    await page.press('Control', 'p');
    const dialog = await waitFor(
      async () => (await desktop.run('xdotool', ['search', '--onlyvisible', '--name', '^Print$'])).stdout.trim(),
      'the print dialog is there',
    );
    await desktop.run('import', ['-window', dialog.split('\n').at(-1), join(pictures, 'print-dialog.png')]);
    await desktop.run('xdotool', ['windowactivate', '--sync', dialog.split('\n').at(-1), 'key', 'Escape']);
    await waitFor(
      async () => (await desktop.run('xdotool', ['search', '--name', '^Print$']).catch(() => ({ stdout: '' }))).stdout.trim() === '',
      'the print dialog is gone',
    );
    await page.find('.subject h1');
    await page.quit();
  } finally {
    await servers.stop();
    await desktop.stop();
    await rm(profile, { recursive: true, force: true });
  }
}
