/** Accessibility: axe on what is on screen. A violation fails the test with the elements that it names. */
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';

const source = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
const RUN = `axe.run(document, { iframes: false, runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa'] })
  .then((result) => result.violations.map((one) => one.id + ': ' + one.help + '\\n' + one.nodes.slice(0, 5).map((node) => '  ' + node.html.slice(0, 200)).join('\\n')))`;

/** Checks what a WebDriver page shows. */
export async function checkWindow(page, screen) {
  await page.evaluate(source);
  const violations = await page.driver.executeAsyncScript(
    `const done = arguments[arguments.length - 1]; ${RUN}.then(done, (error) => done([String(error)]))`,
  );
  if (violations.length > 0) throw new Error(`axe, ${screen}:\n${violations.join('\n')}`);
}

/** Checks what a Playwright page shows. */
export async function checkPage(page, screen) {
  await page.evaluate(source);
  const violations = await page.evaluate(RUN);
  if (violations.length > 0) throw new Error(`axe, ${screen}:\n${violations.join('\n')}`);
}
