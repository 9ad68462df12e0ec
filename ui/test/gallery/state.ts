/** What goes wrong, is slow or is empty, and what else no ordinary mail shows: each by a word of the address (`?show=`). */
import { EngineError } from '@/ipc/engine';
import type { Code, DraftVersion, MaildropChanges, TrustLine } from '@/ipc/generated';
import type { FakeEngine } from '../fake';
import { ACCOUNTS, DRAFT, MAILBOXES, NOW, person } from '../mail';
import { dropOf } from '../maildrop';

const MINUTE = 60_000;

function fail(code: Code, detail: string): never {
  throw new EngineError({ code, message: '', detail });
}

const never = () => new Promise<never>(() => undefined);

const TRUST: TrustLine[] = [
  { kind: 'lookalike', detail: 'papier-flls.example', other: 'papier-fils.example' },
  { kind: 'authFailed', detail: 'papier-flls.example', other: 'DMARC' },
  { kind: 'replyElsewhere', detail: 'elise.marchand@free-mail.example', other: '' },
  { kind: 'linkMismatch', detail: 'login.free-mail.example', other: 'papier-fils.example' },
  { kind: 'firstMail', detail: 'elise@papier-flls.example', other: '' },
];

/** A maildrop in a state, with nothing in it. */
function bareDrop(part: Partial<MaildropChanges>): MaildropChanges {
  return { ...dropOf(0), ...part };
}

function drop(engine: FakeEngine, answer: MaildropChanges): void {
  engine.handlers['maildrops.read'] = ({ after }) => (after === 0 ? answer : never());
}

/** States by their word. */
export const STATES: Record<string, (engine: FakeEngine) => void> = {
  broken: (engine) => {
    engine.handlers['accounts.list'] = () => fail('corrupt', 'index.sqlite3: database disk image is malformed');
  },
  listError: (engine) => {
    engine.handlers['views.open'] = () => fail('corrupt', 'database disk image is malformed');
  },
  listLoading: (engine) => (engine.handlers['views.open'] = never),
  coming1st: (engine) => {
    engine.total = 0;
    engine.handlers['mailboxes.list'] = () => MAILBOXES.map((one) => ({ ...one, complete: false }));
  },
  offline: (engine) => {
    const info = {
      version: '0.1.0',
      secrets: 'keychain',
      secretsDoor: 'open' as const,
      systemLanguage: 'en',
      offline: true,
      contentBase: '',
      profile: '/home/yue/.local/share/posthorn',
    };
    engine.handlers['app.info'] = () => info;
    engine.handlers['accounts.list'] = () =>
      ACCOUNTS.map((one) => ({
        ...one,
        status: { ...one.status, state: 'offline' as const, connectedSinceAt: null, security: '' },
      }));
  },
  trouble: (engine) => {
    engine.handlers['accounts.list'] = () =>
      ACCOUNTS.map((one, at) => {
        const code: Code = (['connectionLost', 'overQuota', 'crowded'] as const)[at] ?? 'timeout';
        const detail =
          ['connection reset by peer', '552 5.2.2 Mailbox full', 'Maximum number of connections'][at] ?? '';
        const problem = { code, message: '', detail };
        const state = at === 0 ? ('waiting' as const) : ('failed' as const);
        return { ...one, status: { ...one.status, state, problem, nextTryAt: NOW + 2 * MINUTE } };
      });
  },
  locked: (engine) => {
    engine.handlers['app.info'] = () => ({
      version: '0.1.0',
      secrets: 'file',
      secretsDoor: 'locked',
      systemLanguage: 'en',
      offline: false,
      contentBase: '',
      profile: '/home/yue/.local/share/posthorn',
    });
  },
  threadError: (engine) => {
    engine.handlers['threads.open'] = () => fail('corrupt', 'database disk image is malformed');
  },
  threadLoading: (engine) => (engine.handlers['threads.open'] = never),
  bodyError: (engine) => {
    engine.handlers['messages.open'] = () => fail('offline', 'imap.harbour.example');
  },
  bodyLoading: (engine) => (engine.handlers['messages.open'] = never),
  unanswered: (engine) => {
    engine.ownNewest = true;
    engine.handlers['followUps.list'] = () => [
      { message: 14, at: NOW - 60 * MINUTE, due: true },
      { message: 2, at: NOW - 90 * MINUTE, due: true },
      { message: 4, at: NOW + 2 * 24 * 60 * MINUTE, due: false },
    ];
  },
  reminded: (engine) => {
    engine.ownNewest = true;
    engine.handlers['followUps.list'] = () => [{ message: 14, at: NOW + 2 * 24 * 60 * MINUTE, due: false }];
  },
  trust: (engine) => (engine.opened = { trust: TRUST }),
  notices: (engine) => {
    engine.opened = {
      restBytes: 38_000_000,
      receiptTo: { name: 'Élise Marchand', email: 'elise@papier-fils.example' },
      serverCopy: { state: 'leaves', at: NOW + 3 * 24 * 60 * MINUTE },
      trust: [{ kind: 'list', detail: 'Printers of Lyon', other: '' }],
      list: {
        name: 'Printers of Lyon',
        leave: 'oneClick',
        address: 'https://lists.example/leave',
        takesAnswers: true,
        archive: 'https://lists.example/archive',
      },
    };
  },
  report: (engine) => {
    engine.opened = {
      attachments: [],
      blockedImages: 0,
      pixels: [],
      report: {
        subject: 'Winter reading',
        recipients: [
          {
            address: 'kiran@old-host.example',
            fate: 'failed',
            reason: 'noSuchAddress',
            said: '550 5.1.1 <kiran@old-host.example>: Recipient address rejected: User unknown in virtual mailbox table',
          },
          { address: 'tomas@harbour.example', fate: 'delayed', reason: 'unreachable', said: '451 4.4.1 Timeout' },
          { address: person(4).email, fate: 'delivered', reason: 'unknown', said: '' },
        ],
      },
    };
  },
  versions: (engine) => {
    engine.handlers['drafts.versions'] = () =>
      Array.from({ length: 6 }, (_, at): DraftVersion => ({
        id: 6 - at,
        savedAt: NOW - at * 7 * MINUTE - (at > 3 ? 26 * 60 * MINUTE : 0),
        to: [person(0)],
        subject: 'Re: Proof 3 for the spring catalogue',
        text: 'Dear Élise,\n\nthe spine is right now. Please release it.'.slice(0, 58 - at * 7),
      }));
  },
  refusedCopy: (engine) => {
    const refused = { kind: 'refused' as const, said: 'NO [OVERQUOTA] Quota exceeded', nextTry: NOW + 5 * MINUTE };
    engine.handlers['drafts.list'] = () => [{ ...DRAFT, id: 1, diverged: true, server: refused }];
  },
  dropAsking: (engine) => drop(engine, bareDrop({ state: 'asking', askedAt: null })),
  dropWaiting: (engine) =>
    drop(
      engine,
      bareDrop({
        state: 'waiting',
        askedAt: null,
        problem: { code: 'inUse', message: '', detail: '-ERR [IN-USE] Mailbox is locked by POP server' },
      }),
    ),
  dropHeads: (engine) => drop(engine, { ...dropOf(312), state: 'heads', done: 120, total: 312 }),
  dropFailed: (engine) =>
    drop(
      engine,
      bareDrop({
        state: 'failed',
        askedAt: null,
        problem: { code: 'hostUnknown', message: '', detail: 'mail.home.example' },
      }),
    ),
  dropEmpty: (engine) => drop(engine, bareDrop({ state: 'done' })),
  ruleLooking: (engine) => (engine.handlers['maildrops.tryRules'] = never),
  ruleFailed: (engine) => {
    engine.handlers['maildrops.tryRules'] = () => fail('connectionLost', 'connection reset by peer');
  },
};
