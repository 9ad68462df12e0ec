/** Who may call what: a page calls its methods, nothing calls what is not in its capability, and a mail's frame calls nothing. */
import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startApp } from '../lib/app.mjs';
import { startDesktop } from '../lib/desktop.mjs';
import { startServers } from '../lib/servers.mjs';

export const name = 'a hostile mail reaches neither the network nor the engine, and commands without permission are refused';

const HOSTILE = (port) => `<html><head><meta http-equiv="refresh" content="0;url=http://127.0.0.1:${port}/refresh">
<link rel="preconnect" href="http://127.0.0.1:${port}"><link rel="stylesheet" href="http://127.0.0.1:${port}/a.css">
<link rel="dns-prefetch" href="//127.0.0.1:${port}"><link rel="prefetch" href="http://127.0.0.1:${port}/p"></head>
<body background="http://127.0.0.1:${port}/bg.png" onload="fetch('http://127.0.0.1:${port}/onload')">
<p id="shown">Hostile but readable</p><script>window.pwned = 1; fetch('http://127.0.0.1:${port}/script');
webkit.messageHandlers.ipc.postMessage(JSON.stringify({cmd:'accounts_list',callback:1,error:2,payload:{}}))</script>
<img src="http://127.0.0.1:${port}/x.png" srcset="http://127.0.0.1:${port}/y.png 2x" onerror="fetch('http://127.0.0.1:${port}/onerror')">
<style>@import url(http://127.0.0.1:${port}/i.css); p { background: url('http://127.0.0.1:${port}/css.png') } @font-face { font-family: x; src: url(http://127.0.0.1:${port}/f.woff) }</style>
<iframe src="http://127.0.0.1:${port}/frame"></iframe><object data="http://127.0.0.1:${port}/o"></object><embed src="http://127.0.0.1:${port}/e">
<video src="http://127.0.0.1:${port}/v" poster="http://127.0.0.1:${port}/poster"></video><audio src="http://127.0.0.1:${port}/au" autoplay></audio>
<svg><image href="http://127.0.0.1:${port}/svg.png"/><use href="http://127.0.0.1:${port}/use.svg#a"/><script>window.pwned = 2</script></svg>
<form action="http://127.0.0.1:${port}/form"><input type="image" src="http://127.0.0.1:${port}/in.png"></form>
<div style="background-image: url(http://127.0.0.1:${port}/style.png)">styled</div><a href="http://127.0.0.1:${port}/ping" ping="http://127.0.0.1:${port}/pinged">link</a>
</body></html>`;

export async function test() {
  const desktop = await startDesktop();
  const servers = await startServers();
  const profile = await mkdtemp(join(tmpdir(), 'posthorn-profile-'));
  let connections = 0;
  const listener = createServer((socket) => {
    connections += 1;
    socket.destroy();
  });
  await new Promise((resolve) => listener.listen(0, '127.0.0.1', resolve));
  const { port } = listener.address();
  try {
    const seed = await servers.seed('anna');
    await servers.deliver('anna', {
      from: 'Mallory <mallory@example.org>',
      subject: 'You have won',
      headers: ['Content-Type: text/html; charset=utf-8'],
      text: HOSTILE(port),
    });
    const page = await startApp(desktop, ['--profile', profile, '--secrets', 'memory', '--trust-ca', servers.authority, '--seed-accounts', seed]);
    await page.clickText('.row__subj', 'You have won', 60_000);
    const seen = await page.inFrame('iframe', (driver) =>
      driver.executeScript('return { text: document.body.innerText, pwned: typeof window.pwned, internals: typeof window.__TAURI_INTERNALS__ }'),
    );
    assert.match(seen.text, /Hostile but readable/);
    assert.equal(seen.pwned, 'undefined');
    assert.equal(seen.internals, 'undefined');
    // The window itself cannot reach the network either; this is also how we know that the listener would have noticed.
    const fromPage = await page.driver.executeAsyncScript(
      `const done = arguments[arguments.length - 1]; fetch('http://127.0.0.1:${port}/page').then(() => done('reached'), () => done('refused'));`,
    );
    assert.equal(fromPage, 'refused');
    assert.equal(connections, 0, 'nothing was connected to');
    await fetch(`http://127.0.0.1:${port}/`).catch(() => undefined);
    assert.equal(connections, 1, 'the listener notices a connection');

    const refused = await page.driver.executeAsyncScript(
      `const done = arguments[arguments.length - 1]; window.__TAURI_INTERNALS__.invoke('plugin:dialog|open', { options: {} }).then(() => done('allowed'), (error) => done(String(error)));`,
    );
    assert.match(refused, /not allowed|denied|forbidden/i);
    await page.quit();
  } finally {
    listener.close();
    await servers.stop();
    await desktop.stop();
    await rm(profile, { recursive: true, force: true });
  }
}
