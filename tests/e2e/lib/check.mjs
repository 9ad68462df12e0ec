/**
 * The runner: each file of a folder exports `name` and `test()` and runs in a process of its own, two side by side, since
 * they mostly wait. A failed one is tried once more when the others are done, alone, counted and named.
 */
import { spawn } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';

/** A test is a window, two servers and a webview: more at once only take each other's time. */
const AT_ONCE = 2;
const ONE = fileURLToPath(new URL('./one.mjs', import.meta.url));

/** Runs the tests of `folders` whose file or name contains `wanted`; answers with the counts. */
export async function runAll(folders, wanted) {
  const tests = [];
  for (const folder of folders) {
    for (const file of readdirSync(folder).filter((file) => file.endsWith('.test.mjs')).sort()) {
      const path = join(folder, file);
      const { name } = await import(pathToFileURL(path));
      if (!wanted || file.includes(wanted) || name.includes(wanted)) tests.push({ path, name });
    }
  }
  const waiting = [...tests];
  const again = [];
  const failed = [];
  const lane = async () => {
    for (let one = waiting.shift(); one; one = waiting.shift()) if (!(await attempt('AGAIN ', one))) again.push(one);
  };
  await Promise.all(Array.from({ length: AT_ONCE }, lane));
  for (const one of again) if (!(await attempt('FAILED', one))) failed.push(one);
  return { passed: tests.length - failed.length, failed: failed.length, secondTries: again.map((one) => one.name) };
}

/** Runs one test to its end and says how it went; answers with whether it passed. */
async function attempt(word, { path, name }) {
  const begun = Date.now();
  const child = spawn(process.execPath, [ONE, path], { stdio: ['ignore', 'pipe', 'pipe'] });
  const said = [];
  child.stdout.on('data', (data) => said.push(data));
  child.stderr.on('data', (data) => said.push(data));
  const code = await new Promise((resolve) => child.on('close', resolve));
  const seconds = ((Date.now() - begun) / 1000).toFixed(1);
  console.log(`${code === 0 ? 'ok    ' : word} ${name} (${seconds} s)`);
  const output = Buffer.concat(said).toString().trimEnd();
  if (output) console.log(output);
  return code === 0;
}
