/**
 * Draws the interface on synthetic mail, for looking at it and for the pictures of `cargo xtask shots`:
 * `?theme=dark&lang=zh-CN&size=200&mail=long&show=offline&do=app.palette`. No package contains it.
 */
import { mount } from 'svelte';
import '@/component/style/index.css';
import App from '@/app/App.svelte';
import { commands } from '@/command/registry.svelte';
import { isCommandId } from '@/command/table';
import type { Beyond, Discovery, DiscoveryStep, Mailbox, OpenedMessage } from '@/ipc/generated';
import { FakeEngine } from '../fake';
import { ACCOUNTS, DRAFT, line, MAILBOXES, NOW, person, setCast } from '../mail';
import { FILES, INVITATION, previewOf } from '../reading';
import { CASTS, LONG_ACCOUNTS, LONG_MAILBOXES, RIGHT_BODY, RIGHT_DRAFT } from './cast';
import { OUTBOX } from './outbox';
import { PROOF } from './proof';
import { STATES } from './state';

const query = new URLSearchParams(location.search);
const engine = new FakeEngine(Number(query.get('rows') ?? 1284));
const isRight = query.get('mail') === 'right';
engine.body = isRight ? RIGHT_BODY : PROOF;
engine.settings.theme = query.get('theme') ?? 'light';
engine.settings.language = query.get('lang') ?? 'en';
engine.settings.density = query.get('density') ?? 'cosy';
engine.settings.textSize = Number(query.get('size') ?? 100);
// Pictures are the same whenever they are taken: nothing becomes read meanwhile.
if (query.has('still')) engine.settings.markReadSeconds = null;
const cast = CASTS[query.get('mail') ?? ''];
if (cast) setCast(cast);
if (query.get('mail') === 'long') {
  engine.handlers['accounts.list'] = () => LONG_ACCOUNTS;
  engine.handlers['mailboxes.list'] = () => LONG_MAILBOXES;
}
if (query.has('empty')) engine.handlers['accounts.list'] = () => [];
const file = (id: number, name: string, contentType: string, size: number) => ({
  id,
  name,
  contentType,
  size,
  inline: false,
  contentId: '',
  url: '',
});
engine.handlers['drafts.create'] = (begin) => ({
  id: 1,
  revision: 1,
  account: 1,
  from: { name: 'Yue Lin 林悦', email: 'yue@harbour.example' },
  identity: 10,
  to: [person(0), { name: '张伟', email: 'zhangwei@harbour.example' }, { name: '', email: 'kiran@old-host' }],
  cc: [],
  bcc: [],
  subject: `Re: ${line(0)[0]}`,
  html: isRight
    ? RIGHT_DRAFT
    : '<div>Dear Élise,</div><div><br></div><div>the spine is right now. Please release it with one change: <b>page 41, second column</b>, “harbour” takes a u. 张伟会在今天下午把目录页再核对一遍</div>',
  text: '',
  plain: false,
  purpose: begin.kind === 'reply' ? 'reply' : 'new',
  original: begin.kind === 'reply' ? begin.message : null,
  includeOriginal: true,
  quoteFirst: query.has('below'),
  signatureLast: query.has('last'),
  originalUrl: begin.kind === 'reply' ? 'about:blank' : '',
  attribution: `${person(0).name}, 10:36`,
  attachments: [
    file(1, 'corrections-p41.pdf', 'application/pdf', 212_000),
    file(2, 'cover-scan-600dpi.tif', 'image/tiff', 12_100_000),
  ],
  savedAt: Date.UTC(2026, 10, 21, 10, 42, 7),
  sizeLimit: 35_000_000,
  encodedSize: 16_800_000,
  server: { kind: 'none' },
  copyMessage: null,
  wishes: { report: true, receipt: false },
  followUp: query.has('remind') ? { kind: 'after', wait: 2 * 86_400_000 } : null,
  diverged: false,
});
engine.handlers['drafts.save'] = ({ revision }) => ({ revision: revision + 1, savedAt: NOW });
engine.handlers['drafts.leave'] = () => ({});
engine.handlers['contacts.complete'] = () => [person(0), person(2)];
engine.handlers['network.get'] = () => ({
  mode: 'manual',
  kind: 'socks5',
  host: 'proxy.harbour.example',
  port: 1080,
  user: '',
  hasPassword: false,
  isProxied: true,
});
Object.assign(window, {
  posthornFake: engine,
  /** Runs a command by its name. */
  posthornRun: (id: string) => isCommandId(id) && commands.run(id),
});

/** A thousand folders, twenty of them inside one another. */
function manyFolders(): Mailbox[] {
  const [first] = MAILBOXES;
  if (!first) return [];
  return Array.from({ length: 1_000 }, (_, at): Mailbox => {
    const parent = at > 0 && at < 20 ? 9_000 + at - 1 : at >= 20 && at % 7 > 0 ? 9_000 + at - (at % 7) : null;
    return {
      ...first,
      id: 9_000 + at,
      name: `Folder ${at}`,
      path: `Folder ${at}`,
      role: 'other',
      unread: at % 5,
      parent,
    };
  });
}

/** Does something once there is such an element: pictures wait for things and never for time. */
function whenThere(css: string, act: (element: HTMLElement) => void): void {
  const look = (): void => {
    const element = document.querySelector<HTMLElement>(css);
    if (element) act(element);
    else requestAnimationFrame(look);
  };
  look();
}

/** Types into a field. */
function type(field: HTMLInputElement, text: string): void {
  field.value = text;
  field.dispatchEvent(new InputEvent('input', { bubbles: true }));
}

const show: Record<string, () => void> = {
  folders: () => {
    engine.handlers['mailboxes.list'] = () => [...MAILBOXES, ...manyFolders()];
    setTimeout(() => {
      const more = [...document.querySelectorAll<HTMLElement>('.acct__list > li > [data-nav]')].at(-1);
      const list = document.querySelector<HTMLElement>('[role=tree]');
      const begun = performance.now();
      document.querySelectorAll<HTMLElement>('.acct__list [data-nav]').forEach((line) => {
        if (line.querySelector('.lucide-ellipsis')) line.click();
      });
      more?.getBoundingClientRect();
      requestAnimationFrame(() =>
        requestAnimationFrame(() => {
          const opened = performance.now() - begun;
          let worst = 0;
          for (let top = 0; list && top < list.scrollHeight; top += 400) {
            const before = performance.now();
            list.scrollTop = top;
            list.getBoundingClientRect();
            void document.elementFromPoint(40, 300);
            worst = Math.max(worst, performance.now() - before);
          }
          const lines = document.querySelectorAll('[data-folder]').length;
          document.title = `${lines} lines, opened in ${opened.toFixed(0)} ms, worst scroll step ${worst.toFixed(1)} ms`;
        }),
      );
    }, 1_500);
  },
  downloads: () => {
    whenThere('.msg.is-open:has(.att)', (open) => {
      const message = Number(open.dataset['message']);
      const tell = (section: string, done: number, state: 'running' | 'stopped') =>
        engine.emit({ kind: 'downloadChanged', download: { message, section, done, total: 83_500_000, state } });
      tell('4', 31_400_000, 'running');
      tell('3', 12_000_000, 'stopped');
    });
  },
  coming: () => {
    engine.handlers['messages.open'] = ({ id }) => {
      const download = { message: id, section: '', done: 12_400_000, total: 41_000_000, state: 'running' as const };
      engine.emit({ kind: 'downloadChanged', download });
      return new Promise(() => undefined);
    };
  },
  beyond: () => {
    const beyond = {
      state: (query.get('beyond') ?? 'searching') as Beyond['state'],
      hosts: ['imap.harbour.example'],
      found: Number(query.get('found') ?? 0),
      texts: 0,
      cut: false,
      problem: query.has('refused')
        ? { code: 'refused' as const, message: '', detail: 'NO Searching is switched off for this mailbox' }
        : null,
    };
    whenThere('.app:has(.row) [data-search]', (field) => {
      const before = engine.view;
      field.focus();
      if (field instanceof HTMLInputElement) type(field, 'proof');
      const tell = (): void => {
        if (engine.view === before) return void requestAnimationFrame(tell);
        requestAnimationFrame(() => engine.emit({ kind: 'beyondChanged', view: engine.view, beyond }));
      };
      tell();
    });
  },
  nobody: () => {
    engine.people.list = [];
    engine.people.groups = [];
  },
  crowd: () => {
    const [first] = engine.people.list;
    if (first)
      engine.people.list = Array.from({ length: 320 }, (_, at) => ({ ...first, id: at + 1, name: `Name ${at}` }));
  },
  receipt: () => (engine.ownNewest = true),
  invitation: () => reading({ invitation: INVITATION }),
  answered: () =>
    reading({
      invitation: {
        ...INVITATION,
        updated: true,
        answer: { choice: 'accepted', at: NOW, way: 'sent', outdated: true },
      },
    }),
  cancelled: () => reading({ invitation: { ...INVITATION, method: 'cancel', canAnswer: false } }),
  files: () => reading({}),
  pdf: () => {
    reading({ attachments: FILES.filter(({ contentType }) => contentType === 'application/pdf') });
    const why = (['locked', 'damaged', 'tooLarge', 'tooManyPages', 'tooMuch'] as const).find(
      (one) => one === query.get('why'),
    );
    const looked = previewOf(7, () => '');
    if (query.get('why') === 'pages' && looked.preview.kind === 'pages') looked.preview.pageUrl = '/no-such-page/';
    engine.handlers['attachments.preview'] = () => (why ? { ...looked, preview: { kind: 'none', why } } : looked);
  },
  outbox: () => (engine.handlers['outbox.list'] = () => OUTBOX),
  drafts: () => (engine.handlers['drafts.list'] = () => [DRAFT, { ...DRAFT, id: 71, subject: '', to: [] }]),
  password: () => {
    const [account] = ACCOUNTS;
    if (!account) return;
    const problem = {
      code: 'credentials' as const,
      message: '',
      detail: 'NO [AUTHENTICATIONFAILED] Invalid credentials',
    };
    const status = { ...account.status, state: 'needsPassword' as const, problem, passwordFor: 'incoming' as const };
    whenThere('.row', () => engine.emit({ kind: 'accountStatusChanged', status }));
  },
  signin: () => adding({ advice: 'appPassword', signIn: { id: 'google', name: 'Google', configured: true } }),
  noclient: () => adding({ advice: 'noPasswords', signIn: { id: 'microsoft', name: 'Microsoft', configured: false } }),
  over: () => {
    const [account] = ACCOUNTS;
    if (!account) return;
    const signIn = { id: 'google', name: 'Google', configured: true };
    engine.handlers['accounts.list'] = () => ACCOUNTS.map((one) => (one === account ? { ...one, signIn } : one));
    engine.handlers['signIn.begin'] = () => ({ ticket: 't', url: 'about:blank' });
    engine.handlers['signIn.wait'] = () => new Promise(() => undefined);
    const problem = {
      code: 'signInOver' as const,
      message: '',
      detail: 'invalid_grant: Token has been expired or revoked.',
    };
    const status = { ...account.status, state: 'needsPassword' as const, problem, passwordFor: 'incoming' as const };
    whenThere('.row', () => engine.emit({ kind: 'accountStatusChanged', status }));
  },
  certificate: () => {
    const [account] = ACCOUNTS;
    if (!account) return;
    const fingerprint = Array.from({ length: 32 }, (_, at) => ((at * 53 + 19) % 256).toString(16).padStart(2, '0'))
      .join(':')
      .toUpperCase();
    const pins = [{ side: 'outgoing' as const, fingerprint }];
    const problem = { code: 'certificateChanged' as const, message: '', detail: 'imap.harbour.example' };
    const status = { ...account.status, state: 'failed' as const, problem };
    engine.handlers['accounts.list'] = () => ACCOUNTS.map((one) => (one === account ? { ...one, pins, status } : one));
    engine.handlers['certificates.look'] = () => ({
      problem,
      certificate: {
        fingerprint,
        subject: 'imap.harbour.example',
        issuer: 'imap.harbour.example',
        names: ['imap.harbour.example', '10.1.2.3'],
        notBeforeAt: Date.UTC(2026, 0, 1),
        notAfterAt: Date.UTC(2036, 0, 1),
      },
    });
  },
  steps: () => {
    engine.handlers['accounts.list'] = () => [];
    engine.handlers['accounts.discover'] = ({ ticket }) => {
      const told: [string, string, DiscoveryStep['state'], string, number | null][] = [
        ['provider', '', 'nothing', '', 1],
        ['autoconfig', 'autoconfig.harbour.example', 'failed', 'no such host', 64],
        ['srv', '', 'found', '_imaps._tcp → mail.harbour.example:993', 38],
        ['dial', 'mail.harbour.example', 'found', 'TLS 1.3', 121],
        ['incoming', 'mail.harbour.example', 'running', '', null],
      ];
      told.forEach(([step, host, state, detail, elapsedMs], index) =>
        engine.emit({ kind: 'discoveryStepped', step: { ticket, index, step, host, state, detail, elapsedMs } }),
      );
      return new Promise(() => undefined);
    };
    fillIn({ name: '林悦', email: 'yue@harbour.example', password: 'correct-horse' });
  },
};
/** Adds an account of whose address this was found. */
function adding(found: Partial<Discovery>): void {
  engine.handlers['accounts.list'] = () => [];
  engine.handlers['accounts.discover'] = ({ email }) => ({
    provider: found.signIn?.name ?? '',
    advice: 'none',
    adviceUrl: '',
    signIn: null,
    imap: { protocol: 'imap', host: 'imap.example', port: 993, encryption: 'tls', username: email },
    pop3: null,
    smtp: { protocol: 'smtp', host: 'smtp.example', port: 465, encryption: 'tls', username: email },
    serverFilesSent: true,
    unprovenHosts: [],
    ...found,
  });
  engine.handlers['signIn.begin'] = () => ({ ticket: 't', url: 'about:blank' });
  engine.handlers['signIn.wait'] = () => new Promise(() => undefined);
  fillIn({ name: '林悦', email: 'yue@harbour.example' });
}

/** Fills the form of a new account in and goes on. */
function fillIn(words: Record<string, string>): void {
  whenThere('input[name=email]', () => {
    for (const [name, text] of Object.entries(words)) {
      const field = document.querySelector<HTMLInputElement>(`input[name=${name}]`);
      if (field) type(field, text);
    }
    whenThere('form .btn--primary:not(:disabled)', (button) => button.click());
  });
}

/** Opens messages with files of every kind that is looked at. */
function reading(part: Partial<OpenedMessage>): void {
  engine.opened = { attachments: FILES, blockedImages: 0, blockedHosts: [], pixels: [], ...part };
}

const wanted = query.get('show') ?? '';
show[wanted]?.();
STATES[wanted]?.(engine);
mount(App, { target: document.getElementById('app') ?? document.body, props: { engine } });

const steps = (query.get('do') ?? 'list.first').split(' ');
const run = () => {
  const id = steps.shift();
  if (id && isCommandId(id)) commands.run(id);
  else if (id) document.querySelector<HTMLElement>(decodeURIComponent(id))?.click();
  if (steps.length > 0) setTimeout(run, 250);
};
setTimeout(run, 400);
