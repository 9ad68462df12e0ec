/** What the desktop shows in its corner: a notification service of our own on the test's session bus. */
import { fileURLToPath } from 'node:url';
import { start } from './process.mjs';

const SERVICE = fileURLToPath(new URL('./notifications.py', import.meta.url));

/** Starts the service on `desktop`. */
export async function startNotifications(desktop) {
  const service = start('/usr/bin/python3', [SERVICE], { env: desktop.env });
  await service.line((line) => line.includes('"ready"'), 'its name on the bus');
  const shown = () => service.log.filter((line) => line.startsWith('{"id"')).map((line) => JSON.parse(line));
  return {
    /** Everything that was shown so far, the oldest first. */
    shown,
    /** Waits for a notification. */
    async next(test, what) {
      await service.line((line) => line.startsWith('{"id"') && test(JSON.parse(line)), what);
      return shown().find(test);
    },
    /** Clicks it, as a person does. */
    click: (id) => service.child.stdin.write(`click ${id}\n`),
    /** Closes it unread. */
    close: (id) => service.child.stdin.write(`close ${id}\n`),
    stop: () => service.stop(),
  };
}
