/** Files of messages are dragged out of the window onto another program: whole, under their names, several at once, programs after a question. */
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { takeOut } from '../lib/takeout.mjs';
import { inWorld } from '../lib/world.mjs';

export const name = 'files of messages are dragged out onto another program';

const FILES = [
  { name: 'Bericht 报告 #1.txt', type: 'text/plain', bytes: Buffer.from('Zeile eins\r\n第二行\r\n') },
  { name: 'noise.dat', type: 'application/octet-stream', bytes: Buffer.from(Array.from({ length: 70_000 }, (_, at) => (at * 7919) % 251)) },
  { name: 'setup.exe', type: 'application/octet-stream', bytes: Buffer.from('MZ not really') },
];

const sha256 = (bytes) => createHash('sha256').update(bytes).digest('hex');

function body() {
  const part = ({ name, type, bytes }) => {
    const encoded = `=?UTF-8?B?${Buffer.from(name).toString('base64')}?=`;
    const lines = bytes.toString('base64').match(/.{1,76}/g).join('\r\n');
    return `--cut\r\nContent-Type: ${type}; name="${encoded}"\r\nContent-Disposition: attachment\r\nContent-Transfer-Encoding: base64\r\n\r\n${lines}\r\n`;
  };
  return `--cut\r\nContent-Type: text/plain\r\n\r\nThree files.\r\n${FILES.map(part).join('')}--cut--`;
}

/** The middle of the icon of a card, on the screen. */
async function centre(page, words) {
  const card = await page.findText('.att__open', words);
  const rect = await card.getRect();
  return { x: Math.round(rect.x + 20), y: Math.round(rect.y + rect.height / 2) };
}

const facts = (files) => files.map(({ name, bytes }) => ({ name, sha256: sha256(bytes) }));
const told = (taken) => taken.map(({ name, sha256 }) => ({ name, sha256 }));

export async function test() {
  await inWorld('dragout', async ({ desktop, servers, open }) => {
    await servers.deliver('anna', {
      from: 'Bert Okoro <bert@posthorn.test>',
      subject: 'Take these along',
      headers: ['Content-Type: multipart/mixed; boundary=cut'],
      text: body(),
    });
    const page = await open('anna');
    await page.clickText('.row__subj', 'Take these along');

    const one = await takeOut(desktop, await centre(page, '#1.txt'));
    assert.deepEqual(told(one), facts([FILES[0]]), 'one file, under its name');
    assert.equal(one[0].mode & 0o077, 0, 'nobody else reads what lies in between');
    await page.findText('.subject h1', 'Take these along');
    assert.equal((await page.driver.findElements({ css: '.composer' })).length, 0, 'nothing was dropped on the window itself');
    assert.equal((await page.driver.findElements({ css: '.viewer' })).length, 0, 'and the file was not opened');

    // Several: chosen with Ctrl, dragged by one of them.
    for (const words of ['#1.txt', 'noise.dat']) {
      const { x, y } = await centre(page, words);
      await desktop.run('xdotool', ['mousemove', `${x}`, `${y}`, 'keydown', 'ctrl', 'click', '1', 'keyup', 'ctrl']);
    }
    await page.find('.att.is-chosen + .att.is-chosen');
    await page.picture('chosen');
    const two = await takeOut(desktop, await centre(page, 'noise.dat'));
    assert.deepEqual(told(two), facts(FILES.slice(0, 2)), 'both, byte for byte');

    // A program is asked about first, and taken along afterwards.
    const { x, y } = await centre(page, 'setup.exe');
    await desktop.run('xdotool', ['mousemove', `${x}`, `${y}`, 'mousedown', '1', 'mousemove', `${x + 4}`, `${y + 4}`, 'mousemove', `${x + 9}`, `${y + 9}`, 'mouseup', '1']);
    await page.findText('dialog[open]', 'setup.exe');
    await page.picture('asked');
    await page.click('dialog[open] .btn--danger');
    await page.gone('dialog[open]');
    const program = await takeOut(desktop, await centre(page, 'setup.exe'));
    assert.deepEqual(told(program), facts([FILES[2]]));
    await page.quit();
  });
}
