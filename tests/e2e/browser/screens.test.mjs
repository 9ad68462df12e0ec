/** Every main screen in three themes and two languages, at three widths: no accessibility violation, nothing cut off, few rows drawn. */
import assert from 'node:assert/strict';
import { join } from 'node:path';
import { checkPage } from '../lib/axe.mjs';
import { openBrowser, startDevserver } from '../lib/browser.mjs';
import { artefacts } from '../lib/programs.mjs';
import { startServers } from '../lib/servers.mjs';

export const name = 'every main screen is accessible in all themes and languages, and fits its window';

/** Rows that may be drawn at once, whatever the length of the list. */
const MOST_ROWS = 40;

const SCREENS = {
  reader: async (page) => {
    await page.locator('.row[data-index="1"]').click();
    await page.locator('.msg.is-open').first().waitFor();
    await page.frameLocator('.msg.is-open iframe').getByText('A year of statements').waitFor();
  },
  composer: async (page) => {
    await page.keyboard.press('c');
    await page.locator('.composer .writing').waitFor();
  },
  palette: async (page) => {
    await page.keyboard.press('Control+k');
    await page.locator('dialog[open]').waitFor();
  },
  settings: async (page) => {
    await page.keyboard.press('Control+,');
    await page.locator('.set').waitFor();
  },
  people: openPeople,
  person: async (page) => {
    await openPeople(page);
    await page.locator('.opt', { hasText: 'Élise Marchand' }).last().locator('button').nth(1).click();
    await page.locator('dialog[open] form').waitFor();
  },
  group: async (page) => {
    await openPeople(page);
    await page.locator('.opt', { hasText: '校对组' }).locator('button').nth(1).click();
    await page.locator('dialog[open] .members').waitFor();
  },
};

async function openPeople(page) {
  if (await page.locator('.set').isHidden()) await page.keyboard.press('Control+,');
  await page.locator('.nav__item[title="Contacts"], .nav__item[title="联系人"]').click();
  await page.locator('.opt', { hasText: '校对组' }).waitFor();
  await page.locator('.opt', { hasText: 'Élise Marchand' }).last().waitFor();
}

/** Somebody and a group in the address book. */
async function fill(server) {
  const elise = { name: 'Élise Marchand', email: 'elise@papier-fils.example' };
  const none = { id: 0, organization: 'Papier & Fils', title: '', addresses: [], urls: [], birthday: '', note: 'Noon' };
  const entries = { emails: [{ kind: 'work', value: elise.email }], phones: [{ kind: 'cell', value: '+33 6 12' }] };
  await server.call('people.save', { ...none, ...entries, name: elise.name });
  await server.call('groups.save', { id: 0, name: '校对组', members: [elise, { name: '', email: 'orders@binding.example' }] });
}

export async function test() {
  const servers = await startServers({ messages: 400 });
  const server = await startDevserver(servers, { seed: await servers.seed('anna', 'bert', 'paul') });
  const pictures = artefacts('screens');
  try {
    const { settled } = await server.call('sync.wait', { account: null, timeoutMs: 120_000 });
    assert.ok(settled, 'synchronisation came to rest');
    const settings = await server.call('settings.get');
    await fill(server);
    for (const theme of ['light', 'dark', 'contrast']) {
      for (const language of ['en', 'zh-CN']) {
        await server.call('settings.set', { ...settings, theme, language });
        const { browser, page } = await openBrowser(server);
        try {
          await page.locator('.row[data-index="0"]').waitFor();
          assert.ok((await page.locator('.row[data-index]').count()) <= MOST_ROWS, 'few rows are drawn');
          await look(page, 'inbox', theme, language, pictures);
          for (const [screen, show] of Object.entries(SCREENS)) {
            await show(page);
            await look(page, screen, theme, language, pictures);
            await page.keyboard.press('Escape');
          }
          for (const width of [900, 600]) {
            await page.setViewportSize({ width, height: 800 });
            await look(page, `inbox-${width}`, theme, language, pictures);
          }
        } finally {
          await browser.close();
        }
      }
    }
  } finally {
    await server.stop();
    await servers.stop();
  }
}

async function look(page, screen, theme, language, pictures) {
  const title = `${screen}-${theme}-${language}`;
  await page.screenshot({ path: join(pictures, `${title}.png`) });
  await checkPage(page, title);
  const over = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
  assert.ok(over <= 0, `${title}: the page is ${over} px wider than its window`);
}
