/** Servers found by a name server, a page and their usual names of our own; what cannot be proven is agreed to before the password goes. */
import assert from 'node:assert/strict';
import { join } from 'node:path';
import { checkPage } from '../lib/axe.mjs';
import { openBrowser, startDevserver } from '../lib/browser.mjs';
import { waitFor } from '../lib/process.mjs';
import { artefacts } from '../lib/programs.mjs';
import { startServers } from '../lib/servers.mjs';

export const name = 'an account is found by its address in each way, and a server of another domain is agreed to first';

export async function test() {
  const servers = await startServers();
  const stand = servers.standIns.flatMap(([asked, dialled]) => ['--port', `${asked}=${dialled}`]);
  const server = await startDevserver(servers, { extra: ['--nameserver', servers.nameserver, ...stand] });
  const pictures = artefacts('discovery');
  try {
    const settings = await server.call('settings.get');
    await server.call('settings.set', { ...settings, theme: 'light', language: 'en' });
    const { browser, page } = await openBrowser(server);
    const picture = (title) => page.screenshot({ path: join(pictures, `${title}.png`) });
    const type = async (email) => {
      await page.locator('input[name=name]').fill('Anna Lind');
      await page.locator('input[name=email]').fill(email);
      await page.locator('input[name=password]').fill(servers.password);
      await page.locator('form .btn--primary').click();
    };
    const accounts = async () => (await server.call('accounts.list')).map(({ config }) => config);
    try {
      // A server that shows somebody else's certificate: its domain says so itself, and no password goes there.
      await type('anna@wrong.test');
      await page.locator('.trouble', { hasText: 'belongs to another server' }).waitFor({ timeout: 60_000 });
      await page.locator('.trouble', { hasText: 'mail.wrong.test' }).waitFor();
      await picture('certificate');
      await checkPage(page, 'a certificate that is not trusted');
      assert.deepEqual(await accounts(), []);

      // DNS points to another domain: asked first.
      await type('anna@outside.test');
      await page.locator('.trouble', { hasText: 'mail.hoster.test' }).waitFor({ timeout: 60_000 });
      await picture('unproven');
      await checkPage(page, 'servers of another domain');
      await server.call('settings.set', { ...settings, theme: 'dark', language: 'zh-CN' });
      await page.getByText('使用这些服务器').waitFor();
      await picture('unproven-dark-chinese');
      await server.call('settings.set', { ...settings, theme: 'light', language: 'en' });
      await page.getByText('Use these servers').waitFor();
      assert.deepEqual(await accounts(), [], 'nothing went anywhere');
      await page.locator('form .btn--primary').click();
      await page.locator('.row[data-index="0"]').waitFor({ timeout: 60_000 });
      assert.equal((await accounts())[0].incoming.host, 'mail.hoster.test');

      // The others need no question.
      for (const [domain, host] of [['srv.test', 'mail.srv.test'], ['page.test', 'mail.page.test'], ['guess.test', 'imap.guess.test']]) {
        const before = (await accounts()).length;
        await page.keyboard.press('Control+k');
        await page.locator('dialog[open] input').fill('Add account');
        await page.keyboard.press('Enter');
        await page.locator('input[name=email]').waitFor();
        await type(`anna@${domain}`);
        await waitFor(async () => (await accounts()).length === before + 1, `${domain} is found`, 60_000);
        assert.equal((await accounts()).at(-1).incoming.host, host);
        await page.locator('.row[data-index="0"]').waitFor({ timeout: 60_000 });
      }
      await picture('found');
    } finally {
      await browser.close();
    }
  } finally {
    await server.stop();
    await servers.stop();
  }
}
