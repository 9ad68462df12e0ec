/**
 * Pictures of every screen and state (`cargo xtask shots [NAME]`), into `target/shots` with an index; and the comparison
 * of some of them with the set that is kept (`--compare`, a step of `cargo xtask test`), or keeping that set (`--keep`).
 *
 * A set belongs to a version of the browser and of the fonts: `shots/kept/chromium-MAJOR`. With another version the set
 * is made anew into `target/shots/kept`, said, and never a failure: what differs there differs because of the browser.
 */
import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { checkPage } from './lib/axe.mjs';
import { difference, SAME_PIXELS } from './lib/difference.mjs';
import { misfits } from './lib/fit.mjs';
import { fontsWord } from './lib/fonts.mjs';
import { packed } from './lib/png.mjs';
import { startStage, still } from './lib/stage.mjs';
import { artefacts, root } from './lib/programs.mjs';
import { compared, pictures } from './shots/scenes.mjs';

/** Scenes drawn side by side. */
const AT_ONCE = 3;
/** What a set may weigh, bytes: it is part of every clone. */
const MOST_BYTES = 2_000_000;
/** Looks that axe is asked about. */
const THEMED = ['light', 'dark-chinese', 'contrast'];
const KEPT = fileURLToPath(new URL('./shots/kept', import.meta.url));

const words = process.argv.slice(2);
const mode = words.find((word) => word.startsWith('--')) ?? '';
const wanted = words.filter((word) => !word.startsWith('--'));
const out = artefacts();
const stage = await startStage();
let failed = 0;
try {
  if (mode === '--compare') failed = await compare();
  else if (mode === '--keep') await keep();
  else if (mode === '') failed = await everything();
  else throw new Error(`${mode} is not known: --compare, --keep, or names`);
} finally {
  await stage.stop();
}
process.exit(failed === 0 ? 0 : 1);

/** Draws pictures, some at once; hands each to `take` with its page, or to `miss` with what went wrong. */
async function draw(list, take, miss) {
  const waiting = [...list];
  const lane = async () => {
    for (let one = waiting.shift(); one; one = waiting.shift()) {
      try {
        await stage.with(one.scene, one.look, async (page) => take(one, await still(page, one.scene.bare), page));
      } catch (error) {
        miss(one, error);
      }
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, lane));
}

/**
 * Makes every picture, or those whose name contains a word. A scene that is not reached is a failure, and so is what
 * does not fit, or what axe finds in the themes (a narrow window has the same themes).
 */
async function everything() {
  const list = pictures().filter(({ name }) => wanted.length === 0 || wanted.some((word) => name.includes(word)));
  if (wanted.length === 0) for (const file of readdirSync(out)) if (file.endsWith('.png')) rmSync(join(out, file));
  const misses = [];
  await draw(
    list,
    async (one, png, page) => {
      writeFileSync(join(out, `${one.name}.png`), png);
      const tight = await misfits(page);
      if (tight.length > 0) misses.push([one.name, ...tight].join('\n  '));
      if (THEMED.some((look) => one.name.endsWith(`.${look}`))) await checkPage(page, one.name);
    },
    (one, error) => misses.push(`${one.name}: ${error.message}`),
  );
  writeIndex();
  for (const miss of misses) console.log(`FAILED ${miss}`);
  console.log(`${relative(root, join(out, 'index.html'))} shows them`);
  console.log(`${list.length - misses.length} passed, ${misses.length} failed`);
  return list.length === 0 ? 1 : misses.length;
}

/** A page with all pictures that lie in the folder: scenes down, looks across. */
function writeIndex() {
  const names = readdirSync(out)
    .filter((file) => file.endsWith('.png'))
    .map((file) => file.slice(0, -4));
  const order = [...new Set(pictures().map(({ scene }) => scene.name))].filter((scene) => names.some((name) => name.startsWith(`${scene}.`)));
  const looks = [...new Set(pictures().map(({ name }) => name.split('.')[1]))];
  const cell = (scene, look) => {
    const name = `${scene}.${look}`;
    return names.includes(name) ? `<td><a href="${name}.png"><img loading="lazy" src="${name}.png" alt="${scene}, ${look}"></a></td>` : '<td></td>';
  };
  const rows = order.map((scene) => `<tr id="${scene}"><th>${scene}</th>${looks.map((look) => cell(scene, look)).join('')}</tr>`);
  const style = 'body{font:14px system-ui;margin:24px}th{text-align:start;vertical-align:top;padding:8px;position:sticky;left:0;background:#fff}td{padding:4px;vertical-align:top}img{max-width:320px;max-height:320px;border:1px solid #bbb}thead th{top:0;z-index:1}';
  const head = looks.map((look) => `<th>${look}</th>`).join('');
  writeFileSync(
    join(out, 'index.html'),
    `<!doctype html><html lang="en"><meta charset="utf-8"><title>Posthorn in pictures</title><style>${style}</style><h1>Posthorn in pictures</h1><p>${stage.version}, ${names.length} pictures</p><table><thead><tr><th></th>${head}</tr></thead>${rows.join('\n')}</table>`,
  );
}

/** What drew a set. */
function drawer() {
  return { browser: stage.version, fonts: fontsWord() };
}

function folderOf(version) {
  return `chromium-${version.split('.')[0]}`;
}

/** Writes the set of this browser into the tree; older sets go when there are more than two. */
async function keep() {
  const folder = join(KEPT, folderOf(stage.version));
  const bytes = await writeSet(folder);
  const all = readdirSync(KEPT).filter((name) => /^chromium-\d+$/.test(name));
  all.sort((a, b) => Number(b.slice(9)) - Number(a.slice(9)));
  for (const old of all.slice(2)) rmSync(join(KEPT, old), { recursive: true });
  console.log(`${relative(root, folder)}: ${(bytes / 1e6).toFixed(2)} MB; look at every picture before it is committed`);
}

/** Draws the compared pictures into a folder, which holds nothing else then; answers with their bytes. */
async function writeSet(folder) {
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  let bytes = 0;
  await draw(
    compared(),
    (one, png) => {
      const small = packed(png);
      bytes += small.length;
      writeFileSync(join(folder, `${one.name}.png`), small);
    },
    (one, error) => {
      throw new Error(`${one.name}: ${error.message}`);
    },
  );
  writeFileSync(join(folder, 'drawn-by.json'), `${JSON.stringify(drawer(), null, 2)}\n`);
  if (bytes > MOST_BYTES) throw new Error(`the set weighs ${bytes} bytes, more than ${MOST_BYTES}: smaller windows, or fewer pictures`);
  return bytes;
}

/** Reads the set of a browser's version; null where there is none. */
function readSet(folder) {
  try {
    const by = JSON.parse(readFileSync(join(folder, 'drawn-by.json'), 'utf8'));
    const files = readdirSync(folder).filter((file) => file.endsWith('.png'));
    return { by, pictures: new Map(files.map((file) => [file.slice(0, -4), readFileSync(join(folder, file))])) };
  } catch (error) {
    if (error.code === 'ENOENT') return null;
    throw error;
  }
}

/** Compares; a difference is a failure only where the same browser with the same fonts drew the set. */
async function compare() {
  const name = folderOf(stage.version);
  const folder = join(KEPT, name);
  const set = readSet(folder);
  const here = drawer();
  const isSame = set !== null && set.by.browser === here.browser && set.by.fonts === here.fonts;
  const page = await stage.blank();
  const shown = join(out, 'different');
  const fresh = join(out, 'kept', name);
  for (const old of [shown, join(out, 'kept')]) rmSync(old, { recursive: true, force: true });
  mkdirSync(fresh, { recursive: true });
  const list = compared();
  const different = [];
  const broken = [];
  await draw(
    list,
    async (one, png) => {
      writeFileSync(join(fresh, `${one.name}.png`), png);
      const before = set?.pictures.get(one.name);
      if (!before) return void different.push(`${one.name}: the set has no such picture`);
      const found = await difference(page, before, png);
      if (found.pixels <= SAME_PIXELS) return;
      different.push(`${one.name}: ${found.where}`);
      mkdirSync(shown, { recursive: true });
      writeFileSync(join(shown, `${one.name}.expected.png`), before);
      writeFileSync(join(shown, `${one.name}.got.png`), png);
      if (found.picture) writeFileSync(join(shown, `${one.name}.difference.png`), found.picture);
    },
    (one, error) => broken.push(`${one.name}: ${error.message}`),
  );
  writeFileSync(join(fresh, 'drawn-by.json'), `${JSON.stringify(here, null, 2)}\n`);
  for (const kept of set?.pictures.keys() ?? []) {
    if (!list.some(({ name: known }) => known === kept)) different.push(`${kept}: the set has it, but nothing draws it`);
  }
  for (const line of [...different, ...broken].sort()) console.log(line);
  if (different.length > 0 && set) console.log(`expected, got and difference: ${relative(root, shown)}`);
  if (different.length > 0 && isSame) console.log('where it is meant: cargo xtask shots --keep, look at every picture, commit');
  if (!isSame && (set === null || different.length > 0)) {
    const why = set === null ? `no set for ${name} is kept` : `the set was drawn by ${set.by.browser} with fonts ${set.by.fonts}, this is ${here.browser} with ${here.fonts}`;
    console.log(`WARNING: ${why}, so nothing was held against these pictures. The set was made anew: ${relative(root, fresh)}.`);
    console.log('look at it, then: cargo xtask shots --keep');
  }
  const failures = broken.length + (isSame ? different.length : 0);
  console.log(`${list.length - failures} passed, ${failures} failed`);
  return failures;
}
