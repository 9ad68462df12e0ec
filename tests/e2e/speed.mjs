/**
 * Speed in the real window, from input to painted (`cargo xtask bench window`): messages, folders, the composer, files
 * dragged over the window, and a list of a million rows. Prints p50, p95 and the slowest beside the aim; asserts nothing.
 *
 * Keys and clicks are the driver's, the drag is a real one of another program. There is no graphics card under Xvfb, so
 * a real desktop paints faster; the figures of a debug build say nothing about the release.
 */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { startApp } from './lib/app.mjs';
import { startDesktop } from './lib/desktop.mjs';
import { hoverFiles } from './lib/drop.mjs';
import { MANY_ROWS, SCROLL, took } from './lib/probe.mjs';
import { stopAll, waitFor } from './lib/process.mjs';
import { application } from './lib/programs.mjs';
import { startServers } from './lib/servers.mjs';

/** Times that each thing is done. */
const ROUNDS = Number(process.env.POSTHORN_ROUNDS ?? 40);
/** How long a message is looked at before the next one is chosen, milliseconds: less than anybody takes to see what it is. */
const LOOK_MS = 300;
/** Times that files are dragged over the window; each takes seconds. */
const DRAGS = Math.min(10, ROUNDS);
/** Letters of the message that is answered. */
const QUOTE = 100_000;
const MILLION = 1_000_000;
/** Frames of a glide, and its speed in pixels a frame: a fast flick. */
const FRAMES = 300;
const STEP = 190;

/** A conversation is painted: the newest open message is another one, and all bodies that are open are drawn. */
const opened = (before) =>
  `(() => { const last = [...document.querySelectorAll('.msg.is-open')].at(-1); return last && last.dataset.message !== '${before}' && last.querySelector('iframe, .state') && !document.querySelector('.body.is-loading'); })()`;
const newest = (page) => page.evaluate("return [...document.querySelectorAll('.msg.is-open')].at(-1)?.dataset.message ?? ''");

function print(what, times, aim) {
  const sorted = [...times].sort((a, b) => a - b);
  const at = (share) => sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))] ?? NaN;
  const figure = (value) => `${value.toFixed(1).padStart(8)}`;
  const verdict = aim === null ? 'no aim' : `${at(0.95) <= aim ? 'within' : 'BEYOND'} the aim of ${aim} ms`;
  console.log(`${what.padEnd(52)}${figure(at(0.5))}${figure(at(0.95))}${figure(sorted.at(-1) ?? NaN)}  ${verdict} (n=${times.length})`);
}

/** Does something so often; a round that fails is an error. */
async function rounds(count, one) {
  const times = [];
  for (let round = 0; round < count; round += 1) times.push(await one(round));
  return times;
}

async function reading(page) {
  // The rows in view are gone through twice, in leaps, so that no two neighbours follow one another.
  const order = (round) => (round * 5) % 9;
  print(
    'open a message (click)',
    await rounds(ROUNDS, async (round) => {
      await pause(LOOK_MS);
      const before = await newest(page);
      return took(page, ['mousedown'], opened(before), () => page.click(`.row[data-index="${order(round)}"]`));
    }),
    50,
  );
  const next = async (look) => {
    await pause(look);
    const before = await newest(page);
    return took(page, ['keydown'], opened(before), () => page.press('j'));
  };
  await page.click('.row[data-index="0"]');
  print('next message (j)', await rounds(ROUNDS, () => next(LOOK_MS)), 30);
  print('next message, as fast as keys can be pressed', await rounds(ROUNDS, () => next(0)), null);
}

async function folders(page) {
  const line = (id) => `.side [data-folder="${id}"]`;
  const ids = (await page.call('mailboxes.list')).filter(({ total, selectable }) => total > 0 && selectable).map(({ id }) => id);
  const shown = [];
  for (const id of ids) if (await page.evaluate('return document.querySelector(arguments[0]) !== null', line(id))) shown.push(id);
  if (shown.length < 2) throw new Error('there are no two folders to go between');
  print(
    'switch folder (click)',
    await rounds(ROUNDS, (round) => {
      const id = shown[round % shown.length];
      const here = `(() => { const line = document.querySelector('${line(id)}'); const list = document.querySelector('[data-name=list] .list'); return line?.getAttribute('aria-current') === 'page' && list?.getAttribute('aria-busy') === 'false' && list.querySelector('.row[data-index="0"]'); })()`;
      return took(page, ['mousedown'], here, () => page.click(line(id)));
    }),
    100,
  );
}

async function writing(page) {
  const isThere = "document.querySelector('.composer .writing')";
  print(
    'open compose (c)',
    await rounds(Math.ceil(ROUNDS / 2), async () => {
      const time = await took(page, ['keydown'], isThere, () => page.press('c'));
      await page.press('Escape');
      await page.gone('.composer');
      await page.click('[data-name=list] .bar__title');
      return time;
    }),
    80,
  );
  await page.clickText('.row__subj', 'A hundred thousand letters');
  await page.findText('.subject h1', 'A hundred thousand letters');
  await page.find('.msg.is-open iframe');
  await page.press('r');
  await page.find('.composer .writing');
  // The quote is drawn below while one types.
  await page.click('.composer .island__dots');
  await page.find('.composer .island__frame');
  await page.evaluate("document.querySelector('.composer .writing').focus()");
  print(
    `type in compose, ${QUOTE / 1000} kB quoted below`,
    await rounds(ROUNDS * 3, async (round) => {
      const letters = await page.evaluate("return document.querySelector('.composer .writing').textContent.length");
      const more = `document.querySelector('.composer .writing').textContent.length > ${letters}`;
      return took(page, ['keydown'], more, () => page.press('abcde '[round % 6]));
    }),
    16,
  );
}

async function dragging(page, desktop, folder) {
  const file = join(folder, 'figures.csv');
  await writeFile(file, 'a;b\n');
  const { x, y, width } = await (await page.find('.composer')).getRect();
  const point = { x: Math.round(x + width / 2), y: Math.round(y + 150) };
  print(
    'drop zone lights up (drag from another program)',
    await rounds(DRAGS, async () => {
      const time = await took(page, ['dragenter', 'dragover'], "document.querySelector('.drop.is-over')", () => hoverFiles(desktop, [file], point));
      await page.gone('.drop.is-over');
      return time;
    }),
    32,
  );
}

async function scrolling(page) {
  const count = () => page.evaluate("return Number(document.querySelector('[data-name=list] .list')?.getAttribute('aria-rowcount'))");
  await page.evaluate(MANY_ROWS, MILLION);
  await page.click('.side [data-nav]');
  await waitFor(async () => (await count()) === MILLION, 'a million rows');
  // In the middle, where positions are largest.
  await page.evaluate("const list = document.querySelector('[data-name=list] .list'); list.scrollTop = list.scrollHeight / 2;");
  const glide = await page.driver.executeAsyncScript(SCROLL, STEP, FRAMES);
  print('scroll a million rows: script in a frame', glide.script, 4);
  const late = glide.between.filter((time) => time > 25).length;
  console.log(`${' '.repeat(4)}${glide.rows} rows drawn; ${late} of ${glide.between.length} frames came more than 25 ms after the one before`);
  await page.evaluate('window.fetch = window.posthornFetch');
  await page.click('.side [data-nav]');
  await waitFor(async () => (await count()) < MILLION, 'the real rows again');
}

const isDebug = application().includes('/debug/');
console.log(`${isDebug ? 'DEBUG BUILD: these figures say nothing about the release' : 'release build'}; milliseconds from input to painted, Xvfb without a graphics card`);
console.log(`${''.padEnd(52)}${'p50'.padStart(8)}${'p95'.padStart(8)}${'max'.padStart(8)}`);
const desktop = await startDesktop();
const servers = await startServers({ messages: 3000 });
const profile = await mkdtemp(join(tmpdir(), 'posthorn-profile-'));
try {
  const words = Array.from({ length: QUOTE / 10 }, (_, at) => (at % 9 === 8 ? 'a line.\n' : 'quoted it ')).join('');
  await servers.deliver('anna', { from: 'Bert Okoro <bert@posthorn.test>', subject: 'A hundred thousand letters', text: words.slice(0, QUOTE) });
  const args = ['--profile', profile, '--secrets', 'memory', '--trust-ca', servers.authority, '--seed-accounts', await servers.seed('anna', 'bert')];
  const page = await startApp(desktop, args);
  await page.find('.row[data-index]', 120_000);
  await page.call('sync.wait', { account: null, timeoutMs: 300_000 });
  await scrolling(page);
  await reading(page);
  await folders(page);
  await page.click('.side [data-nav]');
  await writing(page);
  await dragging(page, desktop, profile);
  await page.quit();
} finally {
  await stopAll();
  await desktop.stop();
  await rm(profile, { recursive: true, force: true });
}
