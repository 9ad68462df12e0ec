/** One Posthorn a profile: a second start with a `mailto:` link gives it to the first and ends; one after a kill opens. */
import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startApp } from '../lib/app.mjs';
import { startDesktop } from '../lib/desktop.mjs';
import { start, waitFor } from '../lib/process.mjs';
import { application } from '../lib/programs.mjs';
import { startServers } from '../lib/servers.mjs';

export const name = 'a mailto link opens the composer, in the window that is there already';

export async function test() {
  const desktop = await startDesktop();
  const servers = await startServers();
  const profile = await mkdtemp(join(tmpdir(), 'posthorn-profile-'));
  try {
    const args = ['--profile', profile, '--secrets', 'memory', '--trust-ca', servers.authority];
    const page = await startApp(desktop, [
      ...args,
      '--seed-accounts',
      await servers.seed('anna'),
      'mailto:first@example.org?subject=Before%20the%20page%20was%20there',
    ]);
    await page.findText('.composer .chip', 'first@example.org', 60_000);
    const second = start(application(), [...args, 'mailto:second@example.org?cc=%E5%BC%A0@example.org&subject=Hi'], {
      env: desktop.env,
    });
    const { code } = await second.ended;
    assert.equal(code, 0, `the second start ends: ${second.log.join('\n')}`);
    await page.findText('.composer .chip', 'second@example.org');
    const subject = await waitFor(
      () => page.evaluate("return [...document.querySelectorAll('[data-field=subject]')].map((field) => field.value).find((text) => text === 'Hi')"),
      'the subject is there',
    );
    assert.equal(subject, 'Hi');
    await page.quit();

    // Killed, and started again at once: the bus may not know of the end yet.
    const killed = start(application(), args, { env: desktop.env });
    await waitFor(async () => (await desktop.windows()).length > 0, 'a window is there');
    killed.child.kill('SIGKILL');
    const again = start(application(), args, { env: desktop.env });
    await killed.ended;
    await waitFor(async () => (await desktop.windows()).length > 0, 'the next start has a window', 30_000, () => again.log.join('\n'));
    assert.equal(again.child.exitCode, null, again.log.join('\n'));
    await again.stop('SIGKILL');
  } finally {
    await servers.stop();
    await desktop.stop();
    await rm(profile, { recursive: true, force: true });
  }
}
