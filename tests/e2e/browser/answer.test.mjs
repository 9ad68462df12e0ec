/** An answer to a part of a message, and recipients that move between the fields: by the mouse, and by keys. */
import assert from 'node:assert/strict';
import { openBrowser, startDevserver } from '../lib/browser.mjs';
import { waitFor } from '../lib/process.mjs';
import { startServers } from '../lib/servers.mjs';

export const name = 'an answer quotes what was selected; recipients are pasted as a list, dragged and moved by keys';

export async function test() {
  const servers = await startServers();
  const server = await startDevserver(servers, { seed: await servers.seed('anna') });
  try {
    await servers.deliver('anna', { from: 'Bert Okoro <bert@posthorn.test>', subject: '答复: AW: Thoughts', text: 'The first thought.\n\nThe second thought.\n\nThe third thought.' });
    await server.call('accounts.checkNow', { account: null });
    await server.call('sync.wait', { account: null, timeoutMs: 60_000 });
    const { browser, page } = await openBrowser(server);
    try {
      await page.locator('.row[data-index]', { hasText: 'Thoughts' }).click();
      const words = page.frameLocator('.msg.is-open iframe').getByText('The second thought.');
      const place = await words.boundingBox();
      // The frame tells its page by a message, which takes its time.
      const told = page.evaluate(
        () =>
          new Promise((done) => {
            window.addEventListener('message', ({ data }) => data?.kind === 'selection' && data.text !== '' && setTimeout(done));
          }),
      );
      const text = await words.evaluate((element) => {
        const range = element.ownerDocument.createRange();
        const walk = element.ownerDocument.createTreeWalker(element, 4);
        while (walk.nextNode()) {
          const at = walk.currentNode.data.indexOf('The second thought.');
          if (at < 0) continue;
          range.setStart(walk.currentNode, at);
          range.setEnd(walk.currentNode, at + 'The second thought.'.length);
        }
        const selection = element.ownerDocument.getSelection();
        selection.removeAllRanges();
        selection.addRange(range);
        element.dispatchEvent(new MouseEvent('mouseup', { bubbles: true }));
        return selection.toString();
      });
      assert.ok(place && text === 'The second thought.');
      await told;
      await page.keyboard.press('r');
      await page.locator('.composer .writing').waitFor();
      const [draft] = await waitFor(async () => {
        const list = await server.call('drafts.list');
        return list.length === 1 ? list : null;
      }, 'the draft is there');
      assert.equal(draft.subject, 'Re: Thoughts', 'prefixes of three languages are one');
      await page.locator('.composer .island__dots').click();
      const island = page.frameLocator('.composer iframe');
      await island.getByText('The second thought.').waitFor();
      assert.equal(await island.getByText('The first thought.').count(), 0, 'only what was selected');

      // A list of people is pasted at once.
      await page.locator('.composer [data-field=to]').focus();
      await page.evaluate(() => {
        const data = new DataTransfer();
        data.setData('text/plain', 'Carla Neri <carla@posthorn.test>; "Dora, D." <dora@posthorn.test>\nemil@posthorn.test');
        document.activeElement.dispatchEvent(new ClipboardEvent('paste', { clipboardData: data, bubbles: true, cancelable: true }));
      });
      const people = (field) => page.locator(`[data-drop-field=${field}] .chip__name`).allInnerTexts();
      await waitFor(async () => (await people('to')).length === 4, 'all are there');

      // Dragged into a field that shows itself for it.
      const chip = await page.locator('[data-drop-field=to] .chip', { hasText: 'Carla Neri' }).boundingBox();
      await page.mouse.move(chip.x + 12, chip.y + chip.height / 2);
      await page.mouse.down();
      await page.mouse.move(chip.x + 30, chip.y + 30, { steps: 4 });
      await page.locator('.chip--dragged', { hasText: 'Carla Neri' }).waitFor();
      const cc = await page.locator('[data-drop-field=cc]').boundingBox();
      await page.mouse.move(cc.x + 120, cc.y + cc.height / 2, { steps: 4 });
      await page.locator('[data-drop-field=cc].is-over').waitFor();
      await page.mouse.up();
      await waitFor(async () => (await people('cc')).join() === 'Carla Neri', 'it is in Cc');
      assert.ok(!(await people('to')).includes('Carla Neri'));

      // Let go elsewhere, or taken back by Esc, it stays.
      const other = await page.locator('[data-drop-field=to] .chip', { hasText: 'emil' }).boundingBox();
      await page.mouse.move(other.x + 12, other.y + other.height / 2);
      await page.mouse.down();
      await page.mouse.move(cc.x + 120, cc.y + cc.height / 2, { steps: 4 });
      await page.locator('.chip--dragged').waitFor();
      await page.keyboard.press('Escape');
      await page.locator('.chip--dragged').waitFor({ state: 'detached' });
      await page.mouse.up();
      assert.equal((await people('to')).length, 3);
      assert.equal(await page.locator('.composer').count(), 1, 'Esc took back the drag and nothing else');

      // The same by keys.
      await page.locator('[data-drop-field=to] .chip__name', { hasText: 'emil' }).click();
      await page.keyboard.press('Alt+ArrowDown');
      await waitFor(async () => (await people('cc')).length === 2, 'emil is in Cc');
      const saved = await waitFor(async () => {
        const [now] = await server.call('drafts.list');
        return now.cc.length === 2 ? now : null;
      }, 'it is saved');
      assert.deepEqual(saved.cc.map((one) => one.email).sort(), ['carla@posthorn.test', 'emil@posthorn.test']);
      assert.deepEqual(saved.to.map((one) => one.email).sort(), ['bert@posthorn.test', 'dora@posthorn.test']);
    } finally {
      await browser.close();
    }
  } finally {
    await server.stop();
    await servers.stop();
  }
}
