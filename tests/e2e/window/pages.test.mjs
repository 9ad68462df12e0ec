/** A PDF is looked at in the real window: its pages are drawn by a process of their own and are what the file says, by colour. */
import assert from 'node:assert/strict';
import { join } from 'node:path';
import { waitFor } from '../lib/process.mjs';
import { artefacts } from '../lib/programs.mjs';
import { inWorld } from '../lib/world.mjs';

export const name = 'a PDF is looked at page by page';

/** A file of pages of one colour each, 200 by 260 points. */
function pdf(colours) {
  const pages = colours.map((_, at) => 3 + 2 * at);
  const objects = [
    '<< /Type /Catalog /Pages 2 0 R >>',
    `<< /Type /Pages /Kids [${pages.map((page) => `${page} 0 R`).join(' ')}] /Count ${pages.length} >>`,
    ...colours.flatMap((colour, at) => {
      const drawing = `${colour} rg 0 0 200 260 re f`;
      return [
        `<< /Type /Page /Parent 2 0 R /MediaBox [0 0 200 260] /Contents ${pages[at] + 1} 0 R /Resources << >> >>`,
        `<< /Length ${drawing.length} >>\nstream\n${drawing}\nendstream`,
      ];
    }),
  ];
  let file = '%PDF-1.7\n';
  const index = objects.map((object, at) => {
    const place = String(file.length).padStart(10, '0');
    file += `${at + 1} 0 obj\n${object}\nendobj\n`;
    return `${place} 00000 n \n`;
  });
  const size = objects.length + 1;
  return `${file}xref\n0 ${size}\n0000000000 65535 f \n${index.join('')}trailer\n<< /Size ${size} /Root 1 0 R >>\nstartxref\n${file.length}\n%%EOF\n`;
}

function body(file) {
  const lines = Buffer.from(file, 'latin1').toString('base64').match(/.{1,76}/g).join('\r\n');
  const part = 'Content-Type: application/pdf; name="colours.pdf"\r\nContent-Disposition: attachment\r\nContent-Transfer-Encoding: base64';
  return `--cut\r\nContent-Type: text/plain\r\n\r\nColours.\r\n--cut\r\n${part}\r\n\r\n${lines}\r\n--cut--`;
}

/** The colour in the middle of what is there of the page with this number, as the screen shows it. */
async function colour(page, desktop, number) {
  const picture = await page.find(`.pages__page[alt^="Page ${number} "]:not(.is-coming)`);
  const middle = await page.evaluate(
    `const one = arguments[0].getBoundingClientRect(), room = arguments[0].closest('.pages__scroll').getBoundingClientRect();
     return { x: Math.round((one.left + one.right) / 2), y: Math.round((Math.max(one.top, room.top) + Math.min(one.bottom, room.bottom)) / 2) };`,
    picture,
  );
  const file = join(artefacts('pages'), `page-${number}.png`);
  await desktop.picture(file);
  const { stdout } = await desktop.run('convert', [file, '-crop', `1x1+${middle.x}+${middle.y}`, '-depth', '8', 'txt:-']);
  return /#([0-9A-F]{6})/.exec(stdout)?.[1];
}

/** Waits until the screen shows a page in its colour: a picture is there a frame before it is painted. */
async function sees(page, desktop, number, wanted) {
  let last;
  await waitFor(async () => (last = await colour(page, desktop, number)) === wanted, `page ${number} is ${wanted}`).catch((error) => {
    throw new Error(`${error.message}; it was ${last}`);
  });
}

export async function test() {
  await inWorld('pages', async ({ desktop, servers, open }) => {
    await servers.deliver('anna', {
      from: 'Bert Okoro <bert@posthorn.test>',
      subject: 'A paper',
      headers: ['Content-Type: multipart/mixed; boundary=cut'],
      text: body(pdf(['1 0 0', '0 1 0', '0 0 1'])),
    });
    const page = await open('anna');
    await page.clickText('.row__subj', 'A paper');
    await page.clickText('.att__open', 'colours.pdf');
    await sees(page, desktop, 1, 'FF0000');
    await page.picture('first');
    const here = () => page.evaluate(`return document.querySelector('.pages__number input').value`);
    await page.press('End');
    await waitFor(async () => (await here()) === '3', 'the last page is read');
    await sees(page, desktop, 3, '0000FF');
    await page.press('Home');
    await waitFor(async () => (await here()) === '1', 'the first page is read');
    await page.click('.pages__bar button[aria-label="Next page"]');
    await sees(page, desktop, 2, '00FF00');
    await page.press('+');
    await waitFor(async () => page.evaluate(`const one = document.querySelector('.pages__page[alt^="Page 2 "]'); return one.naturalWidth > 0 && one.naturalWidth === Math.round(one.clientWidth * devicePixelRatio)`), 'a sharper picture is there');
    await page.picture('larger');
    await page.press('Escape');
    await page.gone('dialog.viewer');
    assert.equal((await page.driver.findElements({ css: '.pages' })).length, 0);
    await page.quit();
  });
}
