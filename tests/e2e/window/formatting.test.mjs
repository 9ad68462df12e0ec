/** Buttons of the composer: a link, and a picture of a file that goes into the text; both arrive as they were meant. */
import assert from 'node:assert/strict';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { checkWindow } from '../lib/axe.mjs';
import { chooseFile } from '../lib/filedialog.mjs';
import { waitFor } from '../lib/process.mjs';
import { inDarkChinese, inWorld } from '../lib/world.mjs';

export const name = 'the buttons for a link and for a picture put both into the text, and both arrive at the other end';

/** A PNG of 2 × 1 pixels, red and blue. */
const PICTURE = Buffer.from(
  'iVBORw0KGgoAAAANSUhEUgAAAAIAAAABCAIAAAB7QOjdAAAAD0lEQVR4nGP4z8DA8P8/AAr8Av6f3mcXAAAAAElFTkSuQmCC',
  'base64',
);

export function test() {
  return inWorld('formatting', async ({ desktop, servers, profile, open }) => {
    const page = await open('anna', 'bert');
    const settings = await page.call('settings.get');
    await page.call('settings.set', { ...settings, undoSendSeconds: 0 });
    const file = join(profile, 'harbour photo.png');
    await writeFile(file, PICTURE);

    await page.press('c');
    await page.find('.composer .writing');
    await page.type(`bert@${servers.domain},`);
    await page.findText('.composer .chip', 'bert@');
    await page.fill('[data-field=subject]', 'Link and picture');
    await page.click('.composer .writing');
    await page.type('Read the handbook');
    // Two words are selected, as a person does with the keys.
    await page.press('Shift', 'Control', 'ARROW_LEFT');
    await page.press('Shift', 'Control', 'ARROW_LEFT');
    await page.click('.format [aria-label*=link]');
    await page.find('dialog[open] input');
    await page.picture('link-asked');
    await checkWindow(page, 'the address of a link is asked for');
    await inDarkChinese(page, 'dialog[open] button', '取消', 'link-asked');
    await page.fill('dialog[open] input', 'https://posthorn.test/handbook?page=1&part=2');
    await page.click('dialog[open] .btn--primary');
    await page.gone('dialog[open]');
    const link = () =>
      page.evaluate("const a = document.querySelector('.composer .writing a'); return a && [a.getAttribute('href'), a.textContent]");
    assert.deepEqual(await link(), ['https://posthorn.test/handbook?page=1&part=2', 'the handbook']);

    // Pressed on a link it takes the link away; an address that is none makes no link.
    await page.click('.format [aria-label*=link]');
    await waitFor(async () => (await link()) === null, 'the link is taken away');
    await page.click('.format [aria-label*=link]');
    await page.fill('dialog[open] input', 'https://posthorn.test/handbook');
    await page.press('Enter');
    await page.gone('dialog[open]');
    assert.deepEqual(await link(), ['https://posthorn.test/handbook', 'the handbook']);

    await page.press('ARROW_RIGHT');
    await page.press('Enter');
    await chooseFile(desktop, file, () => page.click('.format [aria-label*=picture]'));
    const shown = await waitFor(
      () =>
        page.evaluate(
          "const img = document.querySelector('.composer .writing img[data-cid]'); return img && img.naturalWidth ? [img.naturalWidth, img.naturalHeight, img.alt] : null",
        ),
      'the picture is drawn in the text',
    );
    assert.deepEqual(shown, [2, 1, 'harbour photo.png']);
    assert.equal(await page.evaluate("return document.querySelectorAll('.composer .att').length"), 0, 'it is no file below the text');
    await page.picture('both-in-the-text');

    await page.click('.composer [data-send]');
    await page.gone('.composer');
    await waitFor(async () => (await servers.tell('count bert INBOX')) === 1, 'it arrives at Bert', 60_000);
    await page.call('sync.wait', { account: null, timeoutMs: 60_000 });
    await page.clickText('.row__subj', 'Link and picture');
    const arrived = await page.inFrame('iframe', (driver) =>
      waitFor(
        () =>
          driver.executeScript(
            "const img = document.querySelector('img'), a = document.querySelector('a'); return img && img.naturalWidth ? [img.naturalWidth, a?.textContent] : null",
          ),
        'the picture is drawn in the message',
      ),
    );
    assert.deepEqual(arrived, [2, 'the handbook']);
    const message = await page.evaluate("return Number(document.querySelector('.msg.is-open').dataset.message)");
    const { text } = await page.call('messages.source', { id: message });
    assert.match(text, /Content-Type: multipart\/related/i);
    const id = /Content-ID: <([^>]+)>/i.exec(text)?.[1];
    assert.ok(id && text.replace(/=\r?\n/g, '').includes(`cid:${id}`), 'the text refers to the picture that goes along');
    assert.match(text, /https:\/\/posthorn\.test\/handbook/);
    await page.picture('arrived');
    await page.quit();
  });
}
