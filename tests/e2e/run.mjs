/** Runs the window tests (the real application under Xvfb) and the browser tests (the page in Chromium against the devserver). */
import { resolve } from 'node:path';
import { runAll } from './lib/check.mjs';
import { root } from './lib/programs.mjs';

const wanted = process.argv[2] ?? '';
const counts = await runAll([resolve(root, 'tests/e2e/browser'), resolve(root, 'tests/e2e/window')], wanted);
for (const name of counts.secondTries) console.log(`second try: ${name}`);
if (counts.passed + counts.failed === 0) console.log(`no test is called ${wanted}`);
console.log(`${counts.passed} passed, ${counts.failed} failed`);
process.exit(counts.failed === 0 && counts.passed > 0 ? 0 : 1);
