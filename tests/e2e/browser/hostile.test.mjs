/** The same hostile messages in Chromium: without us they call their sender, in our frame they do not. */
import assert from 'node:assert/strict';
import { createServer } from 'node:http';
import { openBrowser, startDevserver } from '../lib/browser.mjs';
import { hostileMessages, startWitness, verdict, walk, WATCH } from '../lib/hostile.mjs';
import { startServers } from '../lib/servers.mjs';

export const name = 'hostile messages call their sender in a bare browser, and nobody in our frame';

/** Every fourth technique is shown to the bare browser: it proves that the witness hears, and a page takes half a second. */
const BARE_EVERY = 4;
/** The share of these that a browser of today falls for at least; the others are of other browsers, or want a click. */
const BARE_SHARE = 0.3;
/** Pages that look at once. */
const PAGES = 6;

/** Shows the HTML as it came, and answers with the names of those that called. */
async function bare(browser, messages, witness) {
  const pages = createServer((request, response) => {
    const found = messages.find(({ name }) => `/${name}` === request.url);
    response.writeHead(found ? 200 : 404, { 'content-type': 'text/html; charset=utf-8' });
    response.end(Buffer.from(found?.html ?? '', 'latin1'));
  });
  await new Promise((done) => pages.listen(0, '127.0.0.1', done));
  const base = `http://127.0.0.1:${pages.address().port}`;
  const left = messages.filter(({ html }) => html !== null);
  const look = async () => {
    const context = await browser.newContext();
    for (let next = left.shift(); next; next = left.shift()) {
      const page = await context.newPage();
      await page.goto(`${base}/${next.name}`, { timeout: 5_000 }).catch(() => undefined);
      await page.close().catch(() => undefined);
    }
    await context.close();
  };
  await Promise.all(Array.from({ length: PAGES }, look));
  pages.closeAllConnections();
  await new Promise((done) => pages.close(done));
  const called = new Set(witness.calls.map((call) => /\/([a-z0-9-]+)/.exec(call)?.[1]));
  witness.calls.length = 0;
  return messages.map((message) => message.name).filter((name) => called.has(name));
}

export async function test() {
  const messages = hostileMessages();
  const witness = await startWitness();
  const servers = await startServers();
  for (const { path } of messages) await servers.tell(`deliver bert ${path}`);
  const server = await startDevserver(servers, { seed: await servers.seed('bert') });
  try {
    await witness.prove();
    await server.call('sync.wait', { account: null, timeoutMs: 120_000 });
    const { browser, page } = await openBrowser(server);
    try {
      await page.locator('.row[data-index="0"]').waitFor();
      await page.evaluate(`(() => { ${WATCH} })()`);
      const address = page.url();
      await page.locator('.row[data-index="0"]').click();
      await page.locator('.msg.is-open .body:not(.is-loading) iframe').waitFor();
      const first = await page.locator('.subject h1').textContent();
      const seen = await page.evaluate(`(async () => { ${walk(messages.length)} })()`);
      assert.deepEqual(verdict(messages, [first, ...seen], await page.evaluate('hostile'), witness.calls), { unseen: [], ran: [], navigated: [], calls: [] });
      assert.equal(page.url(), address, 'the page is where it was');
      const some = messages.filter((_, index) => index % BARE_EVERY === 0);
      const fell = await bare(browser, some, witness);
      const said = `${fell.length} of ${some.length} call from a bare browser`;
      console.log(`       without us ${said}`);
      assert.ok(fell.length >= some.length * BARE_SHARE, `only ${said}`);
    } finally {
      await browser.close();
    }
  } finally {
    await server.stop();
    await servers.stop();
    await witness.stop();
  }
}
