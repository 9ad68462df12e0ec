/** Real Dovecot and Exim with the accounts anna and bert (IMAP) and paul (POP3), all with the password `test`. */
import { mkdtemp, readFile, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { start } from './process.mjs';
import { servers } from './programs.mjs';

/** Starts the servers with `messages` real messages, 0 or more, besides our own corpus, which Anna's inbox always has. */
export async function startServers({ messages = 0, tls = true, introspection = null } = {}) {
  const running = start(servers(), ['--messages', String(messages), ...(tls ? ['--tls'] : []), ...(introspection ? ['--introspection', introspection] : [])]);
  const description = JSON.parse(await running.line((line) => line.startsWith('{'), 'its description'));
  let answers = running.log.length;
  return {
    ...description,
    /** Gives the servers a command of `posthorn-demo-servers`. */
    async tell(command) {
      const before = answers++;
      running.child.stdin.write(`${command}\n`);
      const answer = JSON.parse(await running.line(() => running.log.length > before, `the answer to ${command}`) && running.log[before]);
      if ('error' in answer) throw new Error(`${command}: ${answer.error}`);
      return answer.ok;
    },
    /** Delivers a message to a user's inbox. */
    async deliver(user, { from, subject, text, id = `${Date.now()}.${Math.random()}@example.org`, headers = [] }) {
      const folder = await mkdtemp(join(tmpdir(), 'posthorn-mail-'));
      const file = join(folder, 'mail.eml');
      const lines = [
        `From: ${from}`,
        `To: ${user}@${description.domain}`,
        `Subject: =?UTF-8?B?${Buffer.from(subject).toString('base64')}?=`,
        `Date: ${new Date().toUTCString().replace('GMT', '+0000')}`,
        `Message-ID: <${id}>`,
        ...headers,
        'MIME-Version: 1.0',
        ...(headers.some((line) => line.startsWith('Content-Type')) ? [] : ['Content-Type: text/plain; charset=utf-8']),
        '',
        text,
        '',
      ];
      await writeFile(file, lines.join('\r\n'));
      await this.tell(`deliver ${user} ${file}`);
    },
    /** Writes the accounts of these users to a file for `--seed-accounts`. */
    async seed(...users) {
      const accounts = JSON.parse(await readFile(description.seed, 'utf8'));
      const chosen = accounts.filter((account) => users.includes(account.config.email.split('@')[0]));
      const file = join(await mkdtemp(join(tmpdir(), 'posthorn-seed-')), 'accounts.json');
      await writeFile(file, JSON.stringify(chosen));
      return file;
    },
    stop() {
      running.child.stdin.end();
      return running.ended;
    },
  };
}
