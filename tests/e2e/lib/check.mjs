/** The runner: each file of a folder exports `name` and `test(context)`; a failed one is tried once more, counted and named. */
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { stopAll } from './process.mjs';

/** Runs the tests of `folders` whose file or name contains `wanted`; answers with the counts. */
export async function runAll(folders, wanted) {
  const counts = { passed: 0, failed: 0, secondTries: [] };
  for (const folder of folders) {
    for (const file of readdirSync(folder).filter((file) => file.endsWith('.test.mjs')).sort()) {
      const { name, test } = await import(pathToFileURL(join(folder, file)));
      if (wanted && !file.includes(wanted) && !name.includes(wanted)) continue;
      let error = await attempt(name, test);
      if (error) {
        console.log(`AGAIN  ${name}\n${error.stack}`);
        counts.secondTries.push(name);
        error = await attempt(name, test);
      }
      if (error) {
        counts.failed += 1;
        console.log(`FAILED ${name}\n${error.stack}`);
      } else {
        counts.passed += 1;
      }
    }
  }
  return counts;
}

async function attempt(name, test) {
  const begun = Date.now();
  try {
    await test();
    console.log(`ok     ${name} (${((Date.now() - begun) / 1000).toFixed(1)} s)`);
    return null;
  } catch (error) {
    return error instanceof Error ? error : new Error(String(error));
  } finally {
    await stopAll();
  }
}
