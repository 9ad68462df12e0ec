/** An account signs in through the browser at a real OpenID provider; revoked, it asks again once; a no and a change of mind are told. */
import assert from 'node:assert/strict';
import { mkdtemp, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { checkPage } from '../lib/axe.mjs';
import { openBrowser, startDevserver } from '../lib/browser.mjs';
import { start, waitFor } from '../lib/process.mjs';
import { artefacts, root } from '../lib/programs.mjs';
import { startServers } from '../lib/servers.mjs';

export const name = 'an account signs in through the browser, and asks again once when the provider ended it';

function freePort() {
  return new Promise((resolve) => {
    const listener = createServer().listen(0, '127.0.0.1', () => {
      const { port } = listener.address();
      listener.close(() => resolve(port));
    });
  });
}

async function startProvider(port) {
  const running = start('node', [join(root, 'tests/e2e/lib/provider.mjs'), String(port), '3600']);
  const answers = () => fetch(`http://127.0.0.1:${port}/count`).then((answer) => answer.ok, () => false);
  await waitFor(answers, 'the provider answers');
  return running;
}

export async function test() {
  const port = await freePort();
  let provider = await startProvider(port);
  const base = `http://127.0.0.1:${port}`;
  const servers = await startServers({
    introspection: `http://dovecot:dovecot-secret@127.0.0.1:${port}/token/introspection`,
  });
  const file = join(await mkdtemp(join(tmpdir(), 'posthorn-oauth-')), 'oauth.json');
  const own = {
    id: 'test',
    name: 'Harbour',
    domains: [servers.domain],
    clientId: 'posthorn',
    scopes: ['openid', 'email', 'offline_access'],
    authorizationEndpoint: `${base}/auth`,
    tokenEndpoint: `${base}/token`,
    allowLoopbackHttp: true,
  };
  await writeFile(file, JSON.stringify({ own: [own] }));
  const server = await startDevserver(servers, { extra: ['--known-servers', servers.known, '--oauth', file] });
  const pictures = artefacts('signin');
  try {
    const settings = await server.call('settings.get');
    await server.call('settings.set', { ...settings, theme: 'light', language: 'en' });
    const { browser, page } = await openBrowser(server);
    const picture = (title) => page.screenshot({ path: join(pictures, `${title}.png`) });
    const accounts = () => server.call('accounts.list');
    /** Presses the button, and answers with the page that the browser then shows. */
    const press = async (words) => {
      const opened = page.context().waitForEvent('page', { timeout: 30_000 });
      await page.getByRole('button', { name: words }).click();
      return opened;
    };
    /** Signs in and agrees at the provider. */
    const signIn = async (other, login) => {
      await other.locator('input[name=login]').fill(login);
      await other.locator('input[name=password]').fill('any');
      await other.locator('button[type=submit]').click();
      await other.locator('input[name=prompt][value=consent]').waitFor({ state: 'attached' });
      await other.locator('button[type=submit]').click();
      return other;
    };
    try {
      await page.locator('input[name=name]').fill('Anna Lind');
      await page.locator('input[name=email]').fill(`anna@${servers.domain}`);
      await page.locator('form .btn--primary').click();
      await page.getByText('Harbour signs you in on its own page').waitFor({ timeout: 60_000 });
      await picture('offered');
      await checkPage(page, 'signing in through the browser is offered');

      // A change of mind, then another account than the one that was typed.
      const left = await press('Sign in with Harbour');
      await page.getByText('Waiting for your browser').waitFor();
      await picture('waiting');
      await checkPage(page, 'the browser is awaited');
      await page.getByRole('button', { name: 'Cancel' }).click();
      await page.getByText('Waiting for your browser').waitFor({ state: 'detached' });
      await left.close();
      const wrong = await signIn(await press('Sign in with Harbour'), `bert@${servers.domain}`);
      await wrong.getByText('You are signed in').waitFor();
      await page.getByText(`You signed in as bert@${servers.domain}`).waitFor();
      await picture('other');
      await checkPage(page, 'another account signed in');
      assert.deepEqual(await accounts(), []);
      await page.context().clearCookies();

      const right = await signIn(await press('Try again'), `anna@${servers.domain}`);
      await right.getByText('Go back to Posthorn').waitFor();
      await right.screenshot({ path: join(pictures, 'page.png') });
      await right.close();
      await page.locator('.row[data-index="0"]').waitFor({ timeout: 60_000 });
      const [account] = await accounts();
      assert.equal(account.signIn.name, 'Harbour');

      // The provider forgets everybody: asked for once, with its words; then it works again.
      await provider.stop();
      provider = await startProvider(port);
      await servers.tell('imap stop');
      await servers.tell('imap start');
      await server.call('accounts.checkNow', { account: null });
      const dialog = page.getByRole('dialog', { name: /Sign in to/ });
      await dialog.waitFor({ timeout: 60_000 });
      await dialog.getByText('invalid_grant').waitFor();
      await picture('over');
      await checkPage(page, 'the sign-in is over');
      assert.equal((await (await fetch(`${base}/count`)).json()).refused, 1);
      await page.context().clearCookies();
      const again = await signIn(await press('Sign in with Harbour'), `anna@${servers.domain}`);
      await again.getByText('Go back to Posthorn').waitFor();
      await dialog.waitFor({ state: 'detached', timeout: 60_000 });
      await waitFor(async () => (await accounts())[0].status.state === 'upToDate', 'the account works again');
    } finally {
      await browser.close();
    }
  } finally {
    await server.stop();
    await servers.stop();
    await provider.stop();
  }
}
