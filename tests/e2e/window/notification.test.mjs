/** New mail while the window is out of sight: the desktop says who wrote what, and a click brings the window and the message. */
import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startApp } from '../lib/app.mjs';
import { startDesktop } from '../lib/desktop.mjs';
import { startNotifications } from '../lib/notifications.mjs';
import { runs, start, waitFor } from '../lib/process.mjs';
import { application, artefacts } from '../lib/programs.mjs';
import { startServers } from '../lib/servers.mjs';

export const name = 'a hidden window goes on receiving; a notification says who wrote, and its click opens the message';

export async function test() {
  const desktop = await startDesktop();
  const servers = await startServers();
  const profile = await mkdtemp(join(tmpdir(), 'posthorn-profile-'));
  const pictures = artefacts('notification');
  try {
    const notifications = await startNotifications(desktop);
    const args = ['--profile', profile, '--secrets', 'memory', '--trust-ca', servers.authority];
    const page = await startApp(desktop, [...args, '--seed-accounts', await servers.seed('anna')], { pictures });
    await page.find('.row[data-index]', 60_000);
    await page.call('sync.wait', { account: null, timeoutMs: 60_000 });
    await page.call('settings.set', { ...(await page.call('settings.get')), keepRunning: true });

    // While somebody looks at the window, mail shows in it and nowhere else.
    await waitFor(() => desktop.hasFocus(), 'the window has the focus');
    await servers.deliver('anna', { from: 'Bert Okoro <bert@posthorn.test>', subject: 'Seen at once', text: 'In the window.' });
    await page.findText('.row__subj', 'Seen at once');

    // Closing hides; mail goes on arriving.
    await desktop.close();
    await waitFor(async () => (await desktop.windows()).length === 0, 'the window is hidden');
    await servers.deliver('anna', {
      from: '"<b>Mallory</b> & Co" <mallory@example.org>',
      subject: 'Win <i>now</i> & win 现在',
      headers: ['Content-Type: text/html; charset=utf-8'],
      text: '<p>Click <a href="http://example.org/">here</a>, <b>friend</b></p>',
    });
    const said = await notifications.next((one) => one.body.includes('现在'), 'a notification of the mail');
    assert.equal(said.application, 'Posthorn');
    assert.equal(said.summary, '<b>Mallory</b> & Co', 'the title is no markup: it says what the sender wrote');
    // The text is markup: everything in it is escaped. The first words are there unless the message was still on its way.
    assert.match(said.body, /^Win &lt;i&gt;now&lt;\/i&gt; &amp; win 现在(\nClick here, friend)?$/);
    assert.ok(said.actions.includes('default'), 'it can be clicked');
    assert.ok(!notifications.shown().some((one) => one.body.includes('Seen at once')), 'what was seen is not said again');
    assert.equal((await desktop.windows()).length, 0, 'the window stays out of the way');

    // Clicked: the window is back, with this message.
    // Clicked again until it is heard: no person is as quick as this, before the application listens.
    await waitFor(async () => {
      notifications.click(said.id);
      await new Promise((resolve) => setTimeout(resolve, 500));
      return (await desktop.windows()).length === 1;
    }, 'the window is back');
    await waitFor(() => desktop.hasFocus(), 'it has the focus');
    await page.findText('.subject h1', 'win 现在');
    await page.picture('clicked');

    // Hidden again, a second start brings it back and ends.
    await desktop.close();
    await waitFor(async () => (await desktop.windows()).length === 0, 'it is hidden again');
    assert.ok(runs(application(), profile), 'Posthorn keeps running');
    const second = start(application(), args, { env: desktop.env });
    const { code, signal } = await second.ended;
    assert.equal(code, 0, `the second start ends, by ${signal}: ${second.log.join('\n')}`);
    await waitFor(async () => (await desktop.windows()).length === 1, 'the second start brings it back');

    // Many at once are one notification.
    await desktop.close();
    await waitFor(async () => (await desktop.windows()).length === 0, 'it is hidden once more');
    await page.call('app.setOffline', { offline: true });
    for (let number = 1; number <= 5; number += 1) {
      await servers.deliver('anna', { from: `Writer ${number} <w${number}@example.org>`, subject: `Number ${number}`, text: 'One of many.' });
    }
    const before = notifications.shown().length;
    await page.call('app.setOffline', { offline: false });
    const many = await notifications.next((one) => one.summary.startsWith('5'), 'one notification for five messages');
    assert.match(many.body, /Writer 5, Writer 4, Writer 3/);
    assert.equal(notifications.shown().length, before + 1);
    await page.quit();
    await waitFor(() => !runs(application(), profile), 'it ends');
  } finally {
    await servers.stop();
    await desktop.stop();
    await rm(profile, { recursive: true, force: true });
  }
}
