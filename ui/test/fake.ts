/**
 * An engine without an engine, for unit tests and for looking at the interface. It keeps the contract (versions,
 * windows, deltas) and nothing else; it is never part of what is built.
 */
import { type Answer, type Engine, EngineError, type FileDrop, type Method, type Params } from '@/ipc/engine';
import type { Conversation, Event, OpenedMessage, Row, Settings, Template, Undoable, ViewDelta } from '@/ipc/generated';
import { ledgerOf, TRANSCRIPT } from './ledger';
import { dropOf, RULES, rulesOf, trialOf } from './maildrop';
import { ACCOUNTS, line, MAILBOXES, NOW, person, receiptOf, row } from './mail';
import { FakePeople } from './people';
import { FILES, INVITATION, previewOf } from './reading';

type Handlers = { [M in Method]?: (params: Params<M>) => Answer<M> | Promise<Answer<M>> };

const SETTINGS: Settings = {
  theme: 'light',
  language: 'en',
  density: 'cosy',
  textSize: 100,
  conversations: true,
  markReadSeconds: 2,
  afterRemoval: 'next',
  remoteImages: false,
  readReceipts: 'ask',
  undoSendSeconds: 10,
  composePlain: false,
  answerPlace: 'above',
  signaturePlace: 'answer',
  spellCheck: true,
  spellLanguages: [],
  shortcuts: 'gmail',
  singleKeyShortcuts: true,
  notifications: true,
  keepRunning: false,
};

const TEMPLATES: Template[] = [
  {
    id: 1,
    name: 'Proofs received',
    subject: 'Proofs of {date}',
    html: '<div>Dear {first},</div><div>the proofs are here. <b>Thank you!</b></div>',
    text: 'Dear {first},\nthe proofs are here. Thank you!',
  },
  { id: 2, name: '感谢来信', subject: '', html: '<div>{姓名}，您好！</div>', text: '{姓名}，您好！' },
];

const LARGE = Array.from({ length: 9 }, (_, at) => ({
  message: at + 1,
  mailbox: 1,
  subject: line(at)[0],
  from: person(at),
  at: NOW - at * 90 * 86_400_000,
  size: 61_000_000 / (at + 1),
}));

function missing(id: number): never {
  throw new EngineError({ code: 'notFound', message: `no folder ${id}`, detail: '' });
}

/** A fake with `total` rows in every list. */
export class FakeEngine implements Engine {
  /** Every call, in order. */
  readonly calls: { method: Method; params: unknown }[] = [];
  /** What is answered in place of the defaults. */
  handlers: Handlers = {};
  settings = { ...SETTINGS };
  rules = RULES;
  readonly people = new FakePeople();
  version = 1;
  view = 0;
  /** Rows that the page said it had painted. */
  paintedRows = 0;
  body = '<p>Hello</p>';
  /** What the user did to the conversations by hand. */
  arranged: Conversation['arranged'] = null;
  /** The newest message of a conversation is the user's own. */
  ownNewest = false;
  /** What opened messages have beside the usual. */
  opened: Partial<OpenedMessage> = {};
  readonly #listeners = new Set<(event: Event) => void>();
  readonly #droppers = new Set<(drop: FileDrop) => void>();
  readonly #frames = new Map<number, string>();
  #rows: ((index: number) => Row) | null = null;

  constructor(public total = 1_000_000) {}

  /** Sends an event. */
  emit(event: Event): void {
    for (const listener of this.#listeners) listener(event);
  }

  /** Lets a file be dragged over the window, or dropped there. */
  drop(drop: FileDrop): void {
    for (const listener of this.#droppers) listener(drop);
  }

  /** Sends the delta of one row that came at the top. */
  arrive(): void {
    const before = this.#row;
    const id = 5_000_000 + this.version;
    this.#rows = (index) =>
      index === 0 ? { ...row(1), message: id, thread: id, subject: 'Just in' } : before(index - 1);
    this.total += 1;
    this.#delta({ inserted: [0] });
  }

  /** Sends the delta of a conversation that a new message brings to the top. */
  answer(at: number): void {
    const before = this.#row;
    const id = 6_000_000 + this.version;
    const moved = { ...before(at), message: id, subject: 'Answered' };
    this.#rows = (index) => (index === 0 ? moved : before(index <= at ? index - 1 : index));
    this.#delta({ removed: [at], inserted: [0], moved: [{ from: at, to: 0, message: id }] });
  }

  /** Sends a delta that says nothing but to ask again. */
  reset(): void {
    this.#delta({ reset: true });
  }

  /** Sends the delta of rows that were found behind the last one. */
  grow(total: number, counting: boolean): void {
    this.total = total;
    this.#delta({ counting });
  }

  /** Sends the delta of one row that went. */
  vanish(at: number): void {
    const before = this.#row;
    this.#rows = (index) => before(index < at ? index : index + 1);
    this.total -= 1;
    this.#delta({ removed: [at] });
  }

  get #row(): (index: number) => Row {
    return this.#rows ?? row;
  }

  #delta(part: Partial<ViewDelta>): void {
    const fromVersion = this.version;
    this.version += 1;
    const { view, version, total } = this;
    const empty = { counting: false, reset: false, removed: [], inserted: [], moved: [], changed: [], stale: false };
    this.emit({ kind: 'viewChanged', delta: { view, fromVersion, version, total, unread: 14, ...empty, ...part } });
  }

  async call<M extends Method>(method: M, params: Params<M>): Promise<Answer<M>> {
    this.calls.push({ method, params });
    await Promise.resolve();
    const handler = this.handlers[method] ?? this.#defaults[method];
    if (!handler) throw new EngineError({ code: 'internal', message: `the fake knows no ${method}`, detail: method });
    return handler(params);
  }

  ready(): Promise<void> {
    return Promise.resolve();
  }

  onMissed(): () => void {
    return () => undefined;
  }

  on(listener: (event: Event) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  contentUrl = (path: string): string => path;
  pickFiles = (): Promise<string[]> => Promise.resolve([]);
  pickSavePath = (name: string): Promise<string | null> => Promise.resolve(`/tmp/${name}`);
  pickFolder = (): Promise<string | null> => Promise.resolve('/tmp');
  openExternal: (url: string) => Promise<void> = () => Promise.resolve();
  openPath = (): Promise<void> => Promise.resolve();
  clipboardImage = (): Promise<string | null> => Promise.resolve(null);
  print = (): Promise<void> => Promise.resolve();
  setSpelling = (languages: readonly string[]) => Promise.resolve({ installed: ['en_US'], active: [...languages] });
  onFileDrop = (listener: (drop: FileDrop) => void): (() => void) => {
    this.#droppers.add(listener);
    return () => this.#droppers.delete(listener);
  };
  onCloseAsked = (): (() => void) => () => undefined;
  quit = (): Promise<void> => Promise.resolve();
  painted = (rows: number): Promise<void> => {
    this.paintedRows = rows;
    return Promise.resolve();
  };
  setTitle = (): Promise<void> => Promise.resolve();

  #done = (action: string, count = 1): Undoable => ({ operation: this.calls.length, action, count, folder: 'Archive' });

  /** Returns a document as the content scheme would serve it. */
  page(body: string): string {
    const helper = `const tell=()=>parent.postMessage({kind:'height',px:document.documentElement.scrollHeight},'*');addEventListener('load',tell);new ResizeObserver(tell).observe(document.body);tell()`;
    const page = `<!doctype html><meta charset="utf-8"><body style="margin:24px;font:15px/24px sans-serif">${body}<script>${helper}</script>`;
    return `data:text/html;charset=utf-8,${encodeURIComponent(page)}`;
  }

  #frame(message: number): string {
    if (this.body === '') return '';
    const known = this.#frames.get(message);
    if (known !== undefined) return known;
    const url = this.page(this.body);
    this.#frames.set(message, url);
    return url;
  }

  #head(message: number, at: number, unread: boolean) {
    const own = { name: 'Lin Yue', email: 'yue@harbour.example' };
    const [subject, preview] = line(message - 1);
    return {
      id: message * 10 + at,
      thread: message,
      account: ((message - 1) % 3) + 1,
      mailboxes: [5],
      from: [at === 3 ? person(5) : person(message - 1)],
      to: [own, person(5)],
      cc: [person(1)],
      bcc: [],
      replyTo: [],
      subject,
      preview: at === 3 ? 'Page 12 still prints too warm for me. Can they pull the yellow back a little?' : preview,
      at: NOW - 24 * 60_000 - (4 - at) * 40_000_000,
      sentAt: NOW - 24 * 60_000,
      unread,
      starred: false,
      answered: false,
      own: this.ownNewest && at === 4,
      size: 120_000,
      attachments: true,
      body: 'whole' as const,
      messageId: `${message}.${at}@papier-fils.example`,
    };
  }

  readonly #defaults: Handlers = {
    'app.info': () => ({
      version: '0.1.0',
      secrets: 'keychain',
      secretsDoor: 'open',
      systemLanguage: 'en',
      offline: false,
      contentBase: '',
      profile: '/home/yue/.local/share/posthorn',
    }),
    'app.setOffline': () => ({}),
    'settings.get': () => this.settings,
    'settings.set': (settings) => {
      this.settings = settings;
      return {};
    },
    'accounts.list': () => ACCOUNTS,
    'accounts.checkNow': () => ({}),
    'accounts.removalPreview': () => ({ messages: 12_480, onlyHere: 3, unsent: 1, pendingOperations: 0 }),
    'mailboxes.list': () => MAILBOXES,
    'outbox.list': () => [],
    'drafts.list': () => [],
    'drafts.setFollowUp': () => ({}),
    'followUps.list': () => [],
    'followUps.set': () => ({}),
    'followUps.remove': () => ({}),
    'downloads.list': () => [],
    'views.open': () => {
      this.view += 1;
      const rows = Array.from({ length: Math.min(128, this.total) }, (_, at) => this.#row(at));
      return {
        view: this.view,
        version: this.version,
        total: this.total,
        unread: 14,
        counting: false,
        rows,
        search: null,
      };
    },
    'views.close': () => ({}),
    'views.range': ({ start, len }) => {
      const length = Math.max(0, Math.min(len, this.total - start));
      const rows = Array.from({ length }, (_, at) => this.#row(start + at));
      return { version: this.version, start, total: this.total, rows };
    },
    'views.find': ({ message }) => ({ index: message - 1 }),
    'threads.open': ({ message }) => {
      const { count, subject, unread } = row(message - 1);
      const messages = Array.from({ length: count }, (_, at) =>
        this.#head(message, at + (5 - count), unread && at === count - 1),
      );
      return { thread: message, subject, messages, drafts: [], arranged: this.arranged };
    },
    'threads.files': ({ message }) => ({
      files: FILES.map((file, at) => ({ message: Math.floor(message / 10) * 10 + (at % 3) + 2, file })),
    }),
    'messages.fetchRest': () => ({}),
    'accounts.previewPopRules': () => ({
      now: 0,
      nowBytes: 0,
      oldestAt: null,
      later: 0,
      firstAt: null,
      stay: 812,
      notHere: 2,
    }),
    'messages.open': ({ id }) => ({
      head: this.#head(Math.floor(id / 10), id % 10, false),
      frameUrl: this.#frame(id),
      design: 'designed',
      look: 'own',
      hasDesign: true,
      attachments: [
        {
          part: 2,
          section: '2',
          name: 'Spring-catalogue_proof-3.pdf',
          contentType: 'application/pdf',
          size: 4_200_000,
          here: true,
          dangerous: false,
          url: '',
        },
        {
          part: 3,
          section: '3',
          name: '印刷规格_第三版.xlsx',
          contentType: 'application/vnd.sheet',
          size: 38_000,
          here: true,
          dangerous: false,
          url: '',
        },
        {
          part: 4,
          section: '4',
          name: 'cover-spread.tif',
          contentType: 'image/tiff',
          size: 61_000_000,
          here: false,
          dangerous: false,
          url: '',
        },
      ],
      blockedImages: 3,
      blockedHosts: ['cdn.papier-fils.example'],
      remoteAllowed: false,
      remoteDomain: 'papier-fils.example',
      pixels: ['Mailchimp'],
      trust: [],
      downloads: [],
      problem: null,
      restBytes: null,
      serverCopy: null,
      list: null,
      sentOffset: 480,
      invitation: null,
      report: null,
      receiptTo: null,
      lang: '',
      charset: null,
      ...this.opened,
    }),
    'attachments.preview': ({ part }) => previewOf(part, (html) => (this.body === '' ? '' : this.page(html))),
    'invitations.read': () => ({ invitation: INVITATION }),
    'messages.source': () => ({
      text: 'From: elise@papier-fils.example\nSubject: Proof 3\n\nDear Yue,\n',
      size: 64,
      complete: true,
    }),
    'messages.structure': () => ({
      fields: [
        { name: 'From', value: 'elise@papier-fils.example' },
        { name: 'Subject', value: 'Proof 3' },
      ],
      parts: [{ section: '1', depth: 0, contentType: 'text/plain', name: '', encoding: '7bit utf-8', size: 12 }],
    }),
    'messages.setLook': () => ({}),
    'messages.receipts': ({ id }) => [receiptOf(id)],
    'messages.unsubscribe': () => ({}),
    'messages.setRead': ({ value }) => this.#done(value ? 'read' : 'unread'),
    'messages.setStarred': ({ value }) => this.#done(value ? 'star' : 'unstar'),
    'messages.archive': () => this.#done('archive'),
    'messages.trash': () => this.#done('trash'),
    'messages.junk': () => this.#done('junk'),
    'messages.notJunk': () => this.#done('notJunk'),
    'messages.move': () => this.#done('move'),
    'messages.copy': () => this.#done('copy'),
    'mailboxes.properties': ({ id }) => ({
      mailbox: MAILBOXES.find((one) => one.id === id) ?? missing(id),
      serverPath: 'Catalogue 2027',
      bytes: 48_200_000,
      stored: 10,
      oldest: NOW - 900 * 86_400_000,
      newest: NOW,
      pending: 0,
      checkedAt: NOW - 120_000,
      auditedAt: NOW - 3_600_000,
      below: 1,
    }),
    'mailboxes.facts': () => ({
      quotas: [{ root: '', used: 960_000_000, limit: 1_000_000_000 }],
      size: 48_200_000,
      appendLimit: 35_000_000,
      rights: null,
      letters: '',
    }),
    'archives.list': () => [],
    ...this.people.answers,
    'templates.list': () => TEMPLATES,
    'templates.save': () => TEMPLATES,
    'templates.remove': ({ id }) => TEMPLATES.filter((one) => one.id !== id),
    'storage.overview': () => ({
      bytes: 961_000_000,
      messages: 12_480,
      quotas: [{ root: '', used: 960_000_000, limit: 1_000_000_000 }],
      quotaProblem: null,
      folders: MAILBOXES.filter((one) => one.account === 1).map((one, at) => ({
        mailbox: one.id,
        bytes: 400_000_000 / (at + 1),
        messages: 4_000 - at * 300,
      })),
      senders: Array.from({ length: 8 }, (_, at) => ({
        from: person(at),
        bytes: 90_000_000 / (at + 1),
        messages: 40 + at,
      })),
      large: LARGE,
      files: LARGE.map((message) => ({ message, name: 'cover-spread.tif', mime: 'image/tiff', size: message.size })),
    }),
    'storage.propose': () => ({ messages: LARGE, bytes: LARGE.reduce((sum, one) => sum + one.size, 0) }),
    'bodies.get': ({ mailbox }) => ({
      own: null,
      effective: { days: mailbox === null ? 0 : 90, maxBytes: 0, onDemand: false },
    }),
    'bodies.set': () => ({}),
    'maildrops.look': () => ({}),
    'maildrops.read': ({ after }) => (after === 0 ? dropOf(312) : new Promise(() => undefined)),
    'maildrops.download': () => ({}),
    'maildrops.remove': () => ({}),
    'maildrops.keep': () => ({}),
    'maildrops.preview': () => ({
      from: { name: '妈妈', email: 'mama@home.example' },
      subject: '照片收到了',
      text: 'The photographs came. 照片都收到了，谢谢！\n\nMore tomorrow.',
    }),
    'maildrops.stop': () => ({}),
    'maildrops.close': () => ({}),
    'maildrops.rules': () => rulesOf(this.rules),
    'maildrops.setRules': ({ rules }) => {
      this.rules = rules;
      return {};
    },
    'maildrops.tryRules': () => trialOf(40),
    'ledger.read': ({ account }) => ledgerOf(account),
    'ledger.prove': () => ({}),
    'ledger.cancel': () => ({}),
    'console.read': ({ after }) => (after === 0 ? TRANSCRIPT : new Promise(() => undefined)),
    'console.close': () => ({}),
    'console.save': ({ path }) => ({ paths: [path] }),
    'console.commands': () => ({ verbs: ['NOOP', 'CAPABILITY', 'STATUS', 'LIST'] }),
    'console.run': () => ({ word: 'OK', text: 'Status completed (0.001 secs).', lines: 1 }),
    'mailboxes.setLook': () => ({}),
    'mailboxes.setRole': () => ({}),
    'mailboxes.order': () => ({}),
    'mailboxes.empty': () => this.#done('empty'),
    'mailboxes.move': () => this.#done('moveMailbox'),
    'mailboxes.setSubscribed': ({ value }) => this.#done(value ? 'subscribe' : 'unsubscribe'),
    'messages.delete': () => ({ operation: null, action: 'delete', count: 1, folder: '' }),
    'operations.undo': () => this.#done('undo'),
  };
}
