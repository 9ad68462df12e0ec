/** The page in Chromium against the devserver: the same engine, without a window of its own. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { chromium } from 'playwright-core';
import { start } from './process.mjs';
import { devserver, root } from './programs.mjs';

/** Starts the devserver on a fresh profile. */
export async function startDevserver(servers, { seed, extra = [] } = {}) {
  const profile = await mkdtemp(join(tmpdir(), 'posthorn-profile-'));
  const args = ['--profile', profile, '--listen', '127.0.0.1:0', '--secrets', 'memory', '--trust-ca', servers.authority];
  if (seed) args.push('--seed-accounts', seed);
  const running = start(devserver(), [...args, ...extra, '--ui', join(root, 'ui/dist')]);
  const told = JSON.parse(await running.line((line) => line.startsWith('{'), 'its address'));
  return {
    ...told,
    /** Calls a method. */
    async call(method, params = {}) {
      const answer = await fetch(`${told.address}/api/${method}`, {
        method: 'POST',
        headers: { authorization: `Bearer ${told.token}`, 'content-type': 'application/json' },
        body: JSON.stringify(params),
      });
      const body = await answer.json();
      if (!answer.ok) throw new Error(`${method}: ${JSON.stringify(body)}`);
      return body;
    },
    async stop() {
      await running.stop();
      await rm(profile, { recursive: true, force: true });
    },
  };
}

/** Opens the page; nothing but loopback is reached. */
export async function openBrowser(server, { width = 1280, height = 800, ...context } = {}) {
  const browser = await chromium.launch({
    executablePath: '/usr/bin/chromium',
    args: [
      '--no-sandbox',
      '--disable-gpu',
      '--disable-quic',
      '--no-first-run',
      '--disable-background-networking',
      '--disable-component-update',
      '--disable-sync',
    ],
  });
  const page = await (await browser.newContext({ viewport: { width, height }, ...context })).newPage();
  await page.goto(`${server.address}/#token=${server.token}`);
  return { browser, page };
}
