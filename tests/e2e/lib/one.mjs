/** Runs the test of one file; ends with 0 when it passed, and with what it started stopped. */
import { pathToFileURL } from 'node:url';
import { stopAll } from './process.mjs';

const { test } = await import(pathToFileURL(process.argv[2]));
let code = 0;
try {
  await test();
} catch (error) {
  console.log(error instanceof Error ? error.stack : String(error));
  code = 1;
} finally {
  await stopAll();
}
process.exit(code);
