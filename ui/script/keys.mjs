/**
 * Writes `src/text/keys.ts`: the union of all message names of `src/text/en/*.ftl`, with the variables of each.
 * `node script/keys.mjs --check` fails when the file is not what would be written.
 */
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';

const folder = new URL('../src/text/en/', import.meta.url);
const target = new URL('../src/text/keys.ts', import.meta.url);

const names = readdirSync(folder)
  .filter((file) => file.endsWith('.ftl'))
  .flatMap((file) => [...readFileSync(new URL(file, folder), 'utf8').matchAll(/^([a-z][A-Za-z0-9-]*) =/gm)])
  .map((match) => match[1])
  .sort();

const text = `/** Names of all messages. Written by \`npm run keys\`. */\nexport type Key =\n${names
  .map((name) => `  | '${name}'`)
  .join('\n')};\n`;

if (process.argv.includes('--check')) {
  if (readFileSync(target, 'utf8') !== text) {
    console.error('src/text/keys.ts is stale: run `npm run keys`');
    process.exit(1);
  }
} else {
  writeFileSync(target, text);
}
