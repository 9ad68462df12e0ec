/** Every hostile message opened in the real window: no request, no connection, no script, no navigation. */
import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startApp } from '../lib/app.mjs';
import { startDesktop } from '../lib/desktop.mjs';
import { hostileMessages, startWitness, verdict, walk, WATCH } from '../lib/hostile.mjs';
import { startServers } from '../lib/servers.mjs';

export const name = 'hostile messages reach nobody, run nothing and go nowhere in the real window';

/** Messages that are opened by one call of the driver. */
const CHUNK = 40;

export async function test() {
  const messages = hostileMessages();
  const witness = await startWitness();
  const desktop = await startDesktop();
  const servers = await startServers();
  const profile = await mkdtemp(join(tmpdir(), 'posthorn-profile-'));
  try {
    await witness.prove();
    for (const { path } of messages) await servers.tell(`deliver bert ${path}`);
    const args = ['--profile', profile, '--secrets', 'memory', '--trust-ca', servers.authority, '--seed-accounts', await servers.seed('bert')];
    const page = await startApp(desktop, args);
    await page.find('.row[data-index]', 60_000);
    await page.call('sync.wait', { account: null, timeoutMs: 120_000 });
    await page.evaluate(WATCH);
    const address = await page.evaluate('return location.href');
    await page.click('.row[data-index="0"]');
    await page.find('.msg.is-open .body:not(.is-loading) iframe');
    await page.driver.manage().setTimeouts({ script: 120_000 });
    const seen = [await page.evaluate("return document.querySelector('.subject h1').textContent")];
    for (let chunk = null; chunk === null || chunk.length === CHUNK;) {
      chunk = await page.driver.executeAsyncScript(`const done = arguments[arguments.length - 1]; (async () => { ${walk(CHUNK)} })().then(done, (error) => done([String(error)]));`);
      seen.push(...chunk);
    }
    assert.deepEqual(verdict(messages, seen, await page.evaluate('return hostile'), witness.calls), { unseen: [], ran: [], navigated: [], calls: [] });
    assert.equal(await page.evaluate('return location.href'), address, 'the window is where it was');
    assert.equal((await page.driver.getAllWindowHandles()).length, 1, 'no window was opened');
    await page.quit();
  } finally {
    await servers.stop();
    await desktop.stop();
    await witness.stop();
    await rm(profile, { recursive: true, force: true });
  }
}
