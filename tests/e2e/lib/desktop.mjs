/** A private desktop: Xvfb, a D-Bus session of its own and a window manager. Nothing of the user's session is touched. */
import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { start, waitFor } from './process.mjs';

const run = promisify(execFile);
const CLOSE = fileURLToPath(new URL('./closewindow.py', import.meta.url));

/** A desktop has a font of its own for its interface; without one, Latin would be drawn with the Chinese font. */
const FONTS = `<?xml version="1.0"?><!DOCTYPE fontconfig SYSTEM "fonts.dtd"><fontconfig>
${['system-ui', 'sans-serif']
  .map((name) => `<alias binding="strong"><family>${name}</family><prefer><family>Inter</family><family>Noto Sans CJK SC</family></prefer></alias>`)
  .join('\n')}
<include ignore_missing="yes">/etc/fonts/fonts.conf</include></fontconfig>`;

/** Starts what screen readers talk to, as a desktop does when one is switched on. */
async function startReaders(env) {
  delete env.NO_AT_BRIDGE;
  const launcher = start(ACCESSIBILITY.find((path) => existsSync(path)) ?? ACCESSIBILITY[0], ['--launch-immediately'], { env });
  const ask = (...words) => run('dbus-send', ['--session', '--print-reply', '--dest=org.a11y.Bus', '/org/a11y/bus', ...words], { env });
  const { stdout } = await waitFor(() => ask('org.a11y.Bus.GetAddress'), 'the bus of screen readers', 30_000, () => launcher.log.join('\n'));
  env.AT_SPI_BUS_ADDRESS = /string "(.*)"/.exec(stdout)?.[1] ?? '';
  for (const switched of ['IsEnabled', 'ScreenReaderEnabled']) {
    await ask('org.freedesktop.DBus.Properties.Set', 'string:org.a11y.Status', `string:${switched}`, 'variant:boolean:true');
  }
  return launcher;
}

/** A bus on which nothing runs but what a test starts: no keychain, no notification service of this computer comes up by itself. */
const BUS = `<!DOCTYPE busconfig PUBLIC "-//freedesktop//DTD D-Bus Bus Configuration 1.0//EN" "http://www.freedesktop.org/standards/dbus/1.0/busconfig.dtd">
<busconfig><type>session</type><keep_umask/><listen>unix:tmpdir=/tmp</listen><auth>EXTERNAL</auth>
<policy context="default"><allow send_destination="*" eavesdrop="true"/><allow eavesdrop="true"/><allow own="*"/></policy></busconfig>`;

/** What screen readers talk to; Debian and Fedora put it into different folders. */
const ACCESSIBILITY = ['/usr/libexec/at-spi-bus-launcher', '/usr/lib/at-spi2-core/at-spi-bus-launcher'];

/** Starts the desktop; `env` is what programs on it need. With `readers`, programs tell screen readers what they show. */
export async function startDesktop({ width = 1280, height = 800, readers = false } = {}) {
  const home = await mkdtemp(join(tmpdir(), 'posthorn-desktop-'));
  for (const folder of ['fontconfig', 'gtk-3.0']) await mkdir(join(home, 'config', folder), { recursive: true });
  await writeFile(join(home, 'config/fontconfig/fonts.conf'), FONTS);
  await writeFile(join(home, 'config/gtk-3.0/settings.ini'), '[Settings]\ngtk-font-name=Inter 10\n');
  const xvfb = start('Xvfb', ['-displayfd', '3', '-screen', '0', `${width}x${height}x24`, '-nolisten', 'tcp'], { stdio: ['pipe', 'pipe', 'pipe', 'pipe'] });
  const number = await new Promise((resolve, reject) => {
    xvfb.child.stdio[3].once('data', (data) => resolve(String(data).trim()));
    xvfb.ended.then(() => reject(new Error(`Xvfb ended: ${xvfb.log.join('\n')}`)));
  });
  const env = {
    PATH: process.env.PATH,
    LANG: 'C.UTF-8',
    TZ: 'UTC',
    HOME: home,
    XDG_DATA_HOME: join(home, 'data'),
    XDG_CONFIG_HOME: join(home, 'config'),
    XDG_CACHE_HOME: join(home, 'cache'),
    FONTCONFIG_FILE: join(home, 'config/fontconfig/fonts.conf'),
    DISPLAY: `:${number}`,
    GDK_BACKEND: 'x11',
    NO_AT_BRIDGE: '1',
    // There is no graphics card here; on a real desktop this is never set.
    WEBKIT_DISABLE_DMABUF_RENDERER: '1',
    LIBGL_ALWAYS_SOFTWARE: '1',
  };
  await writeFile(join(home, 'bus.conf'), BUS);
  const bus = start('dbus-daemon', [`--config-file=${join(home, 'bus.conf')}`, '--nofork', '--print-address=1'], { env });
  env.DBUS_SESSION_BUS_ADDRESS = await bus.line((line) => line.startsWith('unix:'), 'its address');
  const launcher = readers ? await startReaders(env) : null;
  const manager = start('openbox', [], { env });
  const windows = async () => {
    const { stdout } = await run('xdotool', ['search', '--onlyvisible', '--name', '^Posthorn'], { env }).catch(() => ({ stdout: '' }));
    return stdout.trim().split('\n').filter((id) => id !== '').reverse();
  };
  return {
    env,
    home,
    /** Writes a picture of the application's window as the X server shows it: the driver's own never comes for some pages. */
    async picture(path) {
      const { stdout } = await run('xdotool', ['search', '--onlyvisible', '--name', '^Posthorn'], { env });
      await run('import', ['-window', stdout.trim().split('\n').at(-1), path], { env });
    },
    /** Runs a program of the desktop to its end. */
    run: (program, args) => run(program, args, { env }),
    /** The application's windows as the window manager knows them; empty while they are hidden. */
    windows,
    /** Where the window stands, in pixels of the screen. */
    async place() {
      const [id] = await windows();
      const { stdout } = await run('xdotool', ['getwindowgeometry', '--shell', id], { env });
      const value = (name) => Number(new RegExp(`^${name}=(-?\\d+)$`, 'm').exec(stdout)?.[1]);
      return { x: value('X'), y: value('Y'), width: value('WIDTH'), height: value('HEIGHT') };
    },
    /** Moves the window and changes its size, as a person does with the mouse. */
    async arrange({ x, y, width, height }) {
      const [id] = await windows();
      await run('xdotool', ['windowsize', '--sync', id, String(width), String(height)], { env });
      await run('xdotool', ['windowmove', '--sync', id, String(x), String(y)], { env });
    },
    /** Presses the close button: the window manager asks the window to close. */
    async close() {
      const [id] = await windows();
      await run('/usr/bin/python3', [CLOSE, id], { env });
    },
    /** Tells whether the application's window has the focus. */
    async hasFocus() {
      const [id] = await windows();
      const { stdout } = await run('xdotool', ['getactivewindow'], { env }).catch(() => ({ stdout: '' }));
      return id !== undefined && stdout.trim() === id;
    },
    async stop() {
      await manager.stop();
      await launcher?.stop();
      await bus.stop();
      await xvfb.stop();
      await rm(home, { recursive: true, force: true });
    },
  };
}
