/** The messages that attack their reader, a witness at the address that all of them call, and a walk through them in the page. */
import { createSocket } from 'node:dgram';
import { readdirSync, readFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join, resolve } from 'node:path';
import { root } from './programs.mjs';
import { waitFor } from './process.mjs';

/** Where every URL of the corpus leads; see `tests/corpus/hostile/README.md`. */
const [HOST, PORT] = ['127.82.65.7', 8265];
const FOLDER = resolve(root, 'tests/corpus/hostile');

/** The messages: name, file, and the HTML of those whose body is nothing else and is not encoded. */
export function hostileMessages() {
  return readdirSync(FOLDER)
    .filter((file) => file.endsWith('.eml'))
    .sort()
    .map((file) => {
      const text = readFileSync(join(FOLDER, file), 'latin1');
      const end = text.indexOf('\n\n');
      const plain = /^Content-Type: text\/html; charset=utf-8$/m.test(text.slice(0, end)) && !/^Content-Transfer-Encoding/m.test(text.slice(0, end));
      return { name: file.slice(0, -4), path: join(FOLDER, file), html: plain ? text.slice(end + 2) : null };
    });
}

/** Listens where all of them call, once nobody else does; `calls` has a line for each connection and each datagram. */
export async function startWitness() {
  const calls = [];
  const server = createServer((socket) => {
    const at = calls.push('a connection that says nothing') - 1;
    socket.once('data', (data) => {
      calls[at] = data.toString('latin1').split('\r\n')[0];
      socket.end('HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\nConnection: close\r\n\r\n');
    });
    socket.on('error', () => undefined);
  });
  // The other test of hostile messages, in the lane beside, may listen there still.
  await waitFor(
    () => new Promise((done, failed) => server.once('error', failed).listen(PORT, HOST, () => done(true))),
    'the address of the witness is free',
    600_000,
  );
  const datagrams = createSocket('udp4', () => calls.push('a datagram'));
  await new Promise((done, failed) => datagrams.once('error', failed).bind(PORT, HOST, done));
  return {
    calls,
    /** Shows that a call is heard, and forgets it. */
    async prove() {
      await fetch(`http://${HOST}:${PORT}/proof`);
      await waitFor(() => calls.some((call) => call.includes('/proof')), 'the witness hears a call');
      calls.length = 0;
    },
    stop() {
      datagrams.close();
      return new Promise((done) => server.close(done));
    },
  };
}

/** Tells the page to note what no message may do. */
export const WATCH = `
  window.hostile = { said: [], loads: [] };
  addEventListener('message', ({ data }) => { if (data === 'hostile') hostile.said.push(document.querySelector('.subject h1')?.textContent); });
  document.addEventListener('load', ({ target }) => {
    if (target.tagName !== 'IFRAME') return;
    target.loads = (target.loads ?? 0) + 1;
    if (target.loads > 1) hostile.loads.push(document.querySelector('.subject h1')?.textContent);
  }, true);
`;

/**
 * Goes on by up to \`count\` messages, each until its frame was loaded, and answers with their subjects. A frame then
 * stays for a moment: what it would do late can only be waited for.
 */
export const walk = (count) => `
  const subject = () => document.querySelector('.subject h1')?.textContent ?? '';
  const rest = (ms) => new Promise((done) => setTimeout(done, ms));
  const seen = [];
  for (let at = 0; at < ${count}; at += 1) {
    const before = subject();
    document.body.dispatchEvent(new KeyboardEvent('keydown', { key: 'j', code: 'KeyJ', bubbles: true, cancelable: true }));
    const end = Date.now() + 15000;
    while (subject() === before || !document.querySelector('.msg.is-open .body:not(.is-loading) iframe')) {
      if (Date.now() > end) return seen;
      await rest(10);
    }
    seen.push(subject());
    await rest(60);
  }
  return seen;
`;

/** Compares what was seen with what there is, and the witness with nothing. */
export function verdict(messages, seen, watched, calls) {
  const names = new Set(seen.map((subject) => /hostile (\S+)/.exec(subject)?.[1]));
  return {
    unseen: messages.map(({ name }) => name).filter((name) => !names.has(name)),
    ran: watched.said,
    navigated: watched.loads,
    calls: [...calls],
  };
}
