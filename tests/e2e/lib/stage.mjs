/**
 * The gallery in Chromium, for pictures: a fixed clock, fixed fonts, no motion, no caret, nothing of this computer's
 * settings. The gallery is the interface on synthetic mail (`ui/test/gallery`), built into `target/gallery`.
 */
import { createServer } from 'node:http';
import { readFile, rm } from 'node:fs/promises';
import { extname, join, normalize } from 'node:path';
import { chromium } from 'playwright-core';
import { writeFonts } from './fonts.mjs';
import { waitFor } from './process.mjs';
import { root } from './programs.mjs';

/** What it is in pictures: shortly after the newest synthetic mail came. */
const NOW = new Date('2026-11-21T11:00:00Z');
/** Pictures taken until two are equal. */
const MOST_TRIES = 20;
const KINDS = { '.html': 'text/html', '.js': 'text/javascript', '.css': 'text/css', '.svg': 'image/svg+xml', '.png': 'image/png' };

/** Serves a folder on loopback. */
async function serve(folder) {
  const server = createServer(async (request, response) => {
    try {
      const path = normalize(decodeURIComponent(new URL(request.url, 'http://x').pathname));
      const file = path.endsWith('/') ? `${path}index.html` : path;
      const body = await readFile(join(folder, file));
      response.writeHead(200, { 'content-type': KINDS[extname(file)] ?? 'application/octet-stream' }).end(body);
    } catch {
      response.writeHead(404).end();
    }
  });
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
  return { address: `http://127.0.0.1:${server.address().port}`, stop: () => new Promise((resolve) => server.close(resolve)) };
}

/** Starts Chromium and the gallery. */
export async function startStage() {
  const fonts = await writeFonts();
  const gallery = await serve(join(root, 'target/gallery'));
  const browser = await chromium.launch({
    executablePath: '/usr/bin/chromium',
    env: { ...process.env, FONTCONFIG_FILE: fonts.file, TZ: 'UTC', LANG: 'C.UTF-8' },
    args: [
      '--no-sandbox',
      '--disable-gpu',
      '--disable-quic',
      '--no-first-run',
      '--disable-background-networking',
      '--disable-component-update',
      '--disable-sync',
      '--disable-lcd-text',
      '--font-render-hinting=none',
      '--force-color-profile=srgb',
      '--force-device-scale-factor=1',
    ],
  });
  return {
    /** The browser's version, as it says it. */
    version: browser.version(),
    /** Opens a scene in a look, hands the page to `use`, and closes it. */
    async with(scene, look, use) {
      const { width = 1280, height = 800 } = look;
      const context = await browser.newContext({
        viewport: { width, height },
        deviceScaleFactor: 1,
        locale: 'en-US',
        timezoneId: 'UTC',
        reducedMotion: 'reduce',
        colorScheme: 'light',
      });
      try {
        const page = await context.newPage();
        const said = [];
        page.on('pageerror', (error) => said.push(error.stack ?? error.message));
        await page.clock.setFixedTime(NOW);
        const query = new URLSearchParams({ still: '', do: '', ...look.query, ...scene.query });
        await page.goto(`${gallery.address}/?${query}`);
        await page.waitForFunction('"posthornRun" in window');
        await scene.show(new Actor(page));
        await use(page);
        if (said.length > 0) throw new Error(`the page threw: ${said.join('\n')}`);
      } finally {
        await context.close();
      }
    },
    /** Returns an empty page, for drawing. */
    blank: () => browser.newPage(),
    async stop() {
      await browser.close();
      await gallery.stop();
      await rm(fonts.folder, { recursive: true, force: true });
    },
  };
}

/** What scenes do. Each step waits until it can be done. */
class Actor {
  constructor(page) {
    this.page = page;
  }

  /** Waits for something visible. */
  async see(css) {
    await this.page.locator(css).first().waitFor();
  }

  async click(css, options = {}) {
    await this.page.locator(css).first().click(options);
  }

  /** Presses one of several controls by its place, 0 the first, -1 the last; also one that this window has no room for. */
  async poke(css, at = 0) {
    await this.page.locator(css).nth(at).evaluate((element) => element.click());
  }

  /** Opens the menu of something. */
  async context(css, at = 0) {
    await this.page.locator(css).nth(at).evaluate((element) => {
      const { left, bottom } = element.getBoundingClientRect();
      const where = { bubbles: true, cancelable: true, clientX: left + 24, clientY: bottom };
      element.dispatchEvent(new MouseEvent('contextmenu', where));
    });
  }

  /** Goes back to the list, where the window has room for one pane. */
  async back() {
    await this.page.evaluate(() => document.querySelector('.only-one')?.click());
  }

  /** Scrolls to the end of something. */
  async end(css) {
    await this.see(css);
    await this.page.locator(css).first().evaluate((element) => (element.scrollTop = element.scrollHeight));
  }

  /** Scrolls something to the top of what is in view. */
  async into(css) {
    await this.see(css);
    await this.page.locator(css).first().evaluate((element) => element.scrollIntoView({ block: 'start' }));
  }

  async type(css, text) {
    await this.page.locator(css).first().fill(text);
  }

  /** Runs a command of the application. */
  async run(id) {
    await this.page.evaluate((name) => window.posthornRun(name), id);
  }

  /** Waits for the list, or for whatever stands in its place. */
  async list() {
    await this.see('[data-name=list] .row, [data-name=list] .state');
  }

  /** Reads the first message; `bare` where its body is not to come. */
  async read(bare = false) {
    await this.see('.row[data-index="0"]');
    await this.run('list.first');
    await this.run('list.open');
    await this.see('.msg.is-open');
    if (!bare) await bodies(this.page);
  }
}

/** Waits until the bodies of all open messages are drawn, each as high as what is in it. */
async function bodies(page) {
  const drawn = () =>
    [...document.querySelectorAll('.msg.is-open')].every((open) => {
      // A narrow window shows the list instead.
      if (!open.checkVisibility()) return true;
      const frame = open.querySelector('.body:not(.is-loading) > iframe');
      // Before it says how high it is, a frame has 120 pixels; while it is not laid out, it may say none.
      return frame !== null && frame.style.height !== '120px' && Number.parseInt(frame.style.height, 10) > 20;
    });
  await waitFor(() => page.evaluate(`(${drawn})()`), 'the open messages are drawn');
}

/** Takes a picture of a page that has come to rest: two in a row are equal. `bare` where open messages have no body. */
export async function still(page, bare = false) {
  await page.evaluate(() => document.fonts.ready.then(() => undefined));
  if (!bare) await bodies(page);
  const take = () => page.screenshot({ animations: 'disabled', caret: 'hide', scale: 'css' });
  let before = await take();
  for (let tries = 0; tries < MOST_TRIES; tries += 1) {
    const now = await take();
    if (now.equals(before)) return now;
    before = now;
  }
  throw new Error(`no two pictures in a row were equal, of ${MOST_TRIES}`);
}
