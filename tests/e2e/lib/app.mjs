/** The real application in its real window, driven through tauri-driver and WebKitWebDriver. */
import { createServer } from 'node:net';
import { join } from 'node:path';
import { Builder, By, Capabilities, Key } from 'selenium-webdriver';
import { start, waitFor } from './process.mjs';
import { application, artefacts, driver as driverProgram } from './programs.mjs';

async function freePort() {
  const server = createServer();
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address();
  await new Promise((resolve) => server.close(resolve));
  return port;
}

/** Starts the application on `desktop` with these arguments and answers with a page to drive. */
export async function startApp(desktop, args, { pictures } = {}) {
  const [port, native] = [await freePort(), await freePort()];
  const proxy = start(driverProgram(), ['--port', String(port), '--native-port', String(native)], { env: desktop.env });
  await waitFor(async () => (await fetch(`http://127.0.0.1:${port}/status`)).ok, 'tauri-driver answers');
  const capabilities = new Capabilities();
  capabilities.set('browserName', 'wry');
  capabilities.set('tauri:options', { application: application(), args });
  const driver = await new Builder().usingServer(`http://127.0.0.1:${port}/`).withCapabilities(capabilities).build();
  return new Page(driver, proxy, desktop, pictures);
}

/** What a person does with the window. Every method waits until it can be done. */
export class Page {
  #count = 0;

  constructor(driver, proxy, desktop, pictures) {
    this.driver = driver;
    this.proxy = proxy;
    this.desktop = desktop;
    this.pictures = pictures;
  }

  /** Waits; when that was in vain, keeps what the window showed and what the application said. */
  async #wait(probe, what, limit) {
    try {
      return await waitFor(probe, what, limit, () => this.proxy.log.slice(-20).join('\n'));
    } catch (error) {
      await this.driver.switchTo().defaultContent();
      const file = join(artefacts(), `failed-${Date.now()}.png`);
      await this.desktop.picture(file);
      error.message += `\nwhat it saw last: ${file}`;
      throw error;
    }
  }

  /** Waits for the first visible element. */
  async find(css, limit = 30_000) {
    return this.#wait(
      async () => {
        for (const element of await this.driver.findElements(By.css(css))) if (await element.isDisplayed()) return element;
        return null;
      },
      `${css} is visible`,
      limit,
    );
  }

  /** Waits for an element whose text contains `words`. */
  async findText(css, words, limit = 30_000) {
    return this.#wait(
      async () => {
        for (const element of await this.driver.findElements(By.css(css))) {
          if ((await element.isDisplayed()) && (await this.evaluate('return arguments[0].textContent', element)).includes(words)) return element;
        }
        return null;
      },
      `${css} says ${words}`,
      limit,
    );
  }

  /** Waits until nothing matches. */
  async gone(css) {
    await waitFor(async () => {
      for (const element of await this.driver.findElements(By.css(css))) if (await element.isDisplayed()) return false;
      return true;
    }, `${css} is gone`);
  }

  async click(css) {
    await waitFor(async () => {
      await (await this.find(css)).click();
      return true;
    }, `${css} can be clicked`);
  }

  async clickText(css, words) {
    await waitFor(async () => {
      await (await this.findText(css, words)).click();
      return true;
    }, `${css} with ${words} can be clicked`);
  }

  /** Replaces what stands in a field by typing. */
  async fill(css, text) {
    const field = await this.find(css);
    await field.click();
    await field.clear();
    await field.sendKeys(text);
  }

  /** Types where the focus is. */
  async type(text) {
    await this.driver.actions().sendKeys(text).perform();
  }

  /** Presses keys together: `press('Control', 'k')`. WebKit's driver leaves the keys of `Key.chord` held, so each goes up again. */
  async press(...keys) {
    const codes = keys.map((key) => Key[key.toUpperCase()] ?? key);
    let actions = this.driver.actions();
    for (const code of codes) actions = actions.keyDown(code);
    for (const code of [...codes].reverse()) actions = actions.keyUp(code);
    await actions.perform();
  }

  /** Runs a function in the page. */
  async evaluate(script, ...args) {
    return this.driver.executeScript(script, ...args);
  }

  /** Calls a method of the engine the way the page does. */
  async call(method, params = {}) {
    const command = method.replace('.', '_').replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
    const answer = await this.driver.executeAsyncScript(
      `const done = arguments[arguments.length - 1];
       window.__TAURI_INTERNALS__.invoke(arguments[0], { params: arguments[1] }).then((ok) => done({ ok }), (error) => done({ error }));`,
      command,
      params,
    );
    if (answer.error) throw new Error(`${method}: ${JSON.stringify(answer.error)}`);
    return answer.ok;
  }

  /** Looks inside the frame of a message. */
  async inFrame(css, look) {
    await this.driver.switchTo().frame(await this.find(css));
    try {
      return await look(this.driver);
    } finally {
      await this.driver.switchTo().defaultContent();
    }
  }

  /** Writes a numbered picture of the window. */
  async picture(name) {
    if (!this.pictures) return;
    this.#count += 1;
    const file = join(this.pictures, `${String(this.#count).padStart(2, '0')}-${name}.png`);
    await this.desktop.picture(file);
  }

  /** Lets go of an application that has ended by itself. */
  async left() {
    await this.driver.quit().catch(() => {});
    await this.proxy.stop();
  }

  /** Ends the application as a user does, in order, and the driver after it. */
  async quit() {
    await this.evaluate('window.__TAURI_INTERNALS__.invoke("shell_confirm_quit", { params: {} })').catch(() => {});
    await this.left();
  }
}
