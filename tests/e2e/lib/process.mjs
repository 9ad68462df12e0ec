/** Child processes that end with us: started, waited for by what they print, stopped in reverse order. */
import { spawn } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { createInterface } from 'node:readline';

const running = new Set();

/** Starts a program; its output goes to `log` (an array of lines), the last 2,000 kept. */
export function start(program, args = [], options = {}) {
  const child = spawn(program, args, { stdio: ['pipe', 'pipe', 'pipe', ...(options.extra ?? [])], ...options });
  const log = [];
  const keep = (line) => {
    log.push(line);
    if (log.length > 2000) log.shift();
  };
  createInterface({ input: child.stdout }).on('line', keep);
  createInterface({ input: child.stderr }).on('line', keep);
  const ended = new Promise((resolve) => child.on('exit', (code, signal) => resolve({ code, signal })));
  child.on('error', (error) => keep(`${program}: ${error.message}`));
  const handle = {
    child,
    log,
    ended,
    /** Waits for a line that satisfies `test`, and answers with it. */
    line: (test, what) => waitFor(() => log.find(test), `${program}: ${what}`, 60_000, () => log.slice(-20).join('\n')),
    /** Asks it to end, and after ten seconds makes it. */
    async stop(signal = 'SIGTERM') {
      running.delete(handle);
      if (child.exitCode !== null || child.signalCode !== null) return;
      child.kill(signal);
      const timer = setTimeout(() => child.kill('SIGKILL'), 10_000);
      await ended;
      clearTimeout(timer);
    },
  };
  running.add(handle);
  return handle;
}

/** Stops everything that still runs, the newest first. */
export async function stopAll() {
  for (const handle of [...running].reverse()) await handle.stop();
}

/** Returns the ids of the processes of a program whose command line has this word in it. */
export function idsOf(program, word) {
  return readdirSync('/proc').filter((entry) => {
    if (!/^\d+$/.test(entry)) return false;
    try {
      const words = readFileSync(`/proc/${entry}/cmdline`, 'utf8').split('\0');
      return words[0] === program && words.includes(word);
    } catch {
      return false;
    }
  });
}

/** Tells whether a process runs whose command line has this word in it. */
export function runs(program, word) {
  return idsOf(program, word).length > 0;
}

/** Waits until `probe` answers with something true; throws with `what` after `limit` milliseconds. */
export async function waitFor(probe, what, limit = 30_000, context = () => '') {
  const end = Date.now() + limit;
  let last;
  for (;;) {
    try {
      const value = await probe();
      if (value) return value;
      last = undefined;
    } catch (error) {
      last = error;
    }
    if (Date.now() > end) {
      throw new Error(`not within ${limit / 1000} s: ${what}${last ? ` (${last.message})` : ''}\n${context()}`);
    }
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}
