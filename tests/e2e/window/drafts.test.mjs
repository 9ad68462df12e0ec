/** A draft in the window: one row for it and its copy on the server, nothing lost by a crash, and a way back to what it was. */
import assert from 'node:assert/strict';
import { checkWindow } from '../lib/axe.mjs';
import { idsOf, waitFor } from '../lib/process.mjs';
import { application } from '../lib/programs.mjs';
import { inDarkChinese, inWorld } from '../lib/world.mjs';

export const name = 'a draft is listed once, its copy is on the server, what is saved outlives a kill, and earlier versions come back';

const rows = (page) =>
  page.evaluate(
    "return [...document.querySelectorAll('[data-name=list] .row__subj')].map((row) => row.closest('.row').textContent).filter((text) => text.includes('Harbour'))",
  );

export function test() {
  return inWorld('drafts', async ({ desktop, servers, profile, open }) => {
    let page = await open('anna');
    const there = () => servers.tell('count anna Drafts').catch(() => 0);
    const before = await there();
    await page.press('c');
    await page.find('.composer .writing');
    await page.type(`bert@${servers.domain},`);
    await page.fill('[data-field=subject]', 'Harbour plans');
    await page.click('.composer .writing');
    await page.type('The first words about the harbour.');
    await page.findText('.composer .saved', 'Saved');
    await page.picture('saved-here');
    await page.press('Escape');
    await page.gone('.composer');
    await waitFor(async () => (await there()) === before + 1, 'its copy is on the server', 60_000);

    // Listed once, in the folder of drafts, and continued from there.
    await page.press('g');
    await page.press('d');
    await waitFor(async () => (await rows(page)).length === 1, 'it is listed once');
    await page.picture('listed-once');
    await page.clickText('.row__subj', 'Harbour plans');
    await page.press('Enter');
    await page.findText('.composer .writing', 'The first words');
    await page.findText('.composer .saved', 'also on the server');
    await page.picture('copied');

    // What is typed shows in the row at once, also before the copy on the server is replaced.
    await page.fill('[data-field=subject]', 'Harbour plans, second thoughts');
    await page.findText('.row__subj', 'second thoughts');
    assert.equal((await rows(page)).length, 1);

    // Much is deleted at once: what it was can be had back.
    await page.click('.composer .writing');
    await page.type('A long paragraph that nobody wants to write again. '.repeat(6));
    await page.press('Alt', 'Shift', 's');
    await page.findText('.row__what', 'A long paragraph');
    await page.click('.composer .writing');
    await page.press('Control', 'a');
    await page.press('Delete');
    await page.type('Gone.');
    await page.press('Alt', 'Shift', 's');
    await waitFor(async () => ((await page.call('drafts.list'))[0].text ?? '').trim() === 'Gone.', 'the loss is saved');
    await page.click('.cfoot [aria-haspopup=menu]:has(.lucide-ellipsis)');
    await page.clickText('[role=menuitem]', 'Earlier versions');
    await page.findText('dialog[open] pre', 'A long paragraph');
    await page.picture('versions');
    await checkWindow(page, 'earlier versions');
    await inDarkChinese(page, 'dialog[open] h2', '早先的版本', 'versions');
    await page.click('dialog[open] .btn--primary');
    await page.gone('dialog[open]');
    await page.findText('.composer .writing', 'A long paragraph');

    // The process is killed right after what was typed was saved.
    await page.click('.composer .writing');
    await page.press('Control', 'End');
    await page.type(' And the last words.');
    await waitFor(
      async () => ((await page.call('drafts.list'))[0].text ?? '').includes('And the last words.'),
      'what was typed is saved',
    );
    for (const id of idsOf(application(), profile)) process.kill(Number(id), 'SIGKILL');
    await page.left();
    page = await open();
    await page.press('g');
    await page.press('d');
    await page.findText('.row__what', 'Harbour plans, second thoughts');
    assert.equal((await rows(page)).length, 1);
    await page.clickText('.row__subj', 'Harbour plans');
    await page.press('Enter');
    await page.findText('.composer .writing', 'And the last words.');
    await page.picture('after-the-kill');

    // Thrown away, it goes from the server too.
    await page.press('Control', 'Shift', 'd');
    await page.gone('.composer');
    await waitFor(async () => (await there()) === before, 'its copy is gone', 60_000);
    await waitFor(async () => (await rows(page)).length === 0, 'and its row');
    await page.quit();
  });
}
