/** Synthetic mail for unit tests and for looking at the interface: any number of rows, made on demand, never stored. */
import type { Account, Address, Draft, Mailbox, MailboxRole, Row, SendReceipt } from '@/ipc/generated';

/** A fixed *now*: 21 November 2026, 11:00 in the local zone. */
export const NOW = new Date(2026, 10, 21, 11, 0).getTime();
const MINUTE = 60_000;

const PEOPLE: [string, string][] = [
  ['Élise Marchand', 'elise@papier-fils.example'],
  ['张伟', 'zhang.wei@suzhou.example'],
  ['Priya Nair', 'priya@harbour.example'],
  ['Nordbank', 'statements@nordbank.example'],
  ['王芳（财务部）', 'wang.fang@suzhou.example'],
  ['Tomas Herrera', 'tomas@harbour.example'],
  ['妈妈', 'mama@home.example'],
  ['陈思远', 'chen@trail.example'],
  ['International Association of Independent Publishers', 'office@iaip.example'],
  ['Mail delivery', 'postmaster@old-host.example'],
  ['李娜', 'li.na@gallery.example'],
  ['Lena Fischer', 'lena@abend.example'],
  ['Kiran Desai', 'kiran@desai.example'],
];

const LINES: [string, string][] = [
  ['Proof 3 for the spring catalogue', 'The colour bar on page 12 is corrected and the spine is 2 mm wider.'],
  ['关于十二月版面的最终确认', '林悦你好，附件是调整后的目录和页码，请在周三之前确认。'],
  ['Contract: two small changes', 'Clause 4 now names the harbour office as the place of delivery.'],
  ['Your November statement is ready', 'Nothing needs doing. The statement is attached.'],
  ['【通知】本年度报销将于 12 月 5 日截止', '请各位同事在截止日期前提交发票原件。'],
  ['Lisbon dates', 'Thursday works. I have moved the visit to the printer to the morning.'],
  ['照片收到了', '拍得真好看，你爸爸想把海边那张洗出来挂在客厅。'],
  ['Re: 周末爬山的路线', '那就走北坡吧，下山以后去吃面。'],
  ['Call for nominations: the 2027 translation prize', 'Nominations close on 15 January.'],
  ['Not delivered: Winter reading', 'kiran@old-host.example does not exist (550 5.1.1)'],
  ['转发：展览开幕邀请函', '附件里有地图和停车说明，欢迎带朋友一起来。'],
  ['Reading list for the long evenings', 'Seven books and one that I could not finish.'],
  ['Two typos on page 41', '“Harbour” loses its u in the second column.'],
];

/** Who writes, and what: subject and first words. */
export interface Cast {
  people: [string, string][];
  lines: [string, string][];
}

let cast: Cast = { people: PEOPLE, lines: LINES };

/** Lets others write from now on, for looking at long names and at other scripts. */
export function setCast(next: Cast): void {
  cast = next;
}

/** Returns somebody. */
export function person(at: number): Address {
  const [name, email] = cast.people[at % cast.people.length] ?? ['', ''];
  return { name, email };
}

/** Returns the subject and the first words of a message. */
export function line(at: number): [string, string] {
  return cast.lines[at % cast.lines.length] ?? ['', ''];
}

/** Returns the row of a message; its id is its number plus one. */
export function row(at: number): Row {
  const [subject, preview] = line(at);
  const count = [5, 1, 3, 1, 1, 2, 1, 4, 1, 1, 2, 1, 1][at % 13] ?? 1;
  return {
    message: at + 1,
    thread: at + 1,
    account: (at % 3) + 1,
    mailbox: (at % 3) * 10 + 1,
    people: count > 2 ? [person(at), person(5), { name: 'Lin Yue', email: 'yue@harbour.example' }] : [person(at)],
    outgoing: false,
    subject,
    preview,
    at: NOW - 24 * MINUTE - (at < 6 ? at * 30 : at * 400) * MINUTE,
    count,
    unread: [1, 2, 4, 6].includes(at % 13),
    starred: [2, 7, 11].includes(at % 13),
    answered: at % 13 === 5,
    forwarded: at % 13 === 10,
    draft: at % 13 === 11,
    attachments: [0, 1, 3, 10].includes(at % 13),
    size: 4_000 + at * 37,
  };
}

/** A draft of this computer. */
export const DRAFT: Draft = {
  id: 70,
  revision: 3,
  account: 1,
  from: { name: 'Lin Yue', email: 'yue@harbour.example' },
  identity: 10,
  to: [{ name: 'Lena Fischer', email: 'lena@abend.example' }],
  cc: [],
  bcc: [],
  subject: 'Half of a thought',
  html: '<div>Dear Lena,</div>',
  text: 'Dear Lena,',
  plain: false,
  purpose: 'new',
  original: null,
  includeOriginal: false,
  quoteFirst: false,
  signatureLast: false,
  originalUrl: '',
  attribution: '',
  attachments: [],
  savedAt: NOW - MINUTE,
  sizeLimit: null,
  encodedSize: 900,
  server: { kind: 'none' },
  copyMessage: null,
  wishes: { report: false, receipt: false },
  followUp: null,
  diverged: false,
};

function account(id: number, label: string, mark: string, email: string, pop = false): Account {
  const server = (protocol: 'imap' | 'pop3' | 'smtp', port: number) =>
    ({ protocol, host: `mail.${email.split('@')[1] ?? ''}`, port, encryption: 'tls', username: email }) as const;
  return {
    id,
    mark,
    enabled: true,
    signIn: null,
    pins: [],
    allOrNothing: false,
    wishes: { report: false, receipt: false },
    identities: [email, `press@${email.split('@')[1] ?? ''}`].map((address, at) => ({
      id: id * 10 + at,
      account: id,
      name: at === 0 ? 'Lin Yue' : 'Harbour Press',
      email: address,
      replyTo: '',
      signature: '',
      bcc: [],
      sentMailbox: null,
      main: at === 0,
      server: null,
      pin: '',
    })),
    config: {
      label,
      senderName: 'Lin Yue',
      email,
      incoming: pop ? server('pop3', 995) : server('imap', 993),
      outgoing: server('smtp', 465),
      aliases: [],
      leaveOnServer: 'keep',
      pop3: pop
        ? { policy: 'leave', days: 14, keepStarred: false, headOnlyAbove: 0, allowApop: false, lookAtStart: true }
        : null,
      checkIntervalMinutes: 10,
      colour: id,
      signature: '',
      serverFilesSent: false,
    },
    status: {
      account: id,
      state: 'upToDate',
      sinceAt: NOW - 18 * MINUTE,
      connectedSinceAt: NOW - 90 * MINUTE,
      activity: '',
      done: null,
      total: null,
      serverSaid: '* OK Still here',
      problem: null,
      outgoingProblem: null,
      outgoingIdentity: null,
      passwordFor: null,
      nextTryAt: null,
      lastCompleteAt: NOW - 18 * MINUTE,
      pendingOperations: 0,
      security: 'TLS 1.3',
    },
  };
}

/** Three accounts, one of them by POP3. */
export const ACCOUNTS: Account[] = [
  account(1, 'Harbour Studio', 'H', 'yue@harbour.example'),
  account(2, 'Personal', 'P', 'lin.yue@personal.example'),
  account(3, '家用邮箱', '家', 'lin@home.example', true),
];

function mailbox(
  id: number,
  owner: number,
  role: MailboxRole,
  name: string,
  unread = 0,
  parent: number | null = null,
): Mailbox {
  return {
    id,
    account: owner,
    parent,
    name,
    path: name,
    role,
    total: unread * 3,
    unread,
    selectable: true,
    local: false,
    complete: true,
    subscribed: true,
    favourite: false,
    place: null,
    colour: 0,
    roleChosen: false,
    delimiter: '/',
    foreign: false,
    rights: null,
  };
}

/** Folders of the three accounts. */
export const MAILBOXES: Mailbox[] = [
  mailbox(1, 1, 'inbox', 'INBOX', 9),
  mailbox(2, 1, 'drafts', 'Drafts'),
  mailbox(3, 1, 'sent', 'Sent'),
  mailbox(4, 1, 'archive', 'Archive'),
  mailbox(5, 1, 'other', 'Catalogue 2027', 4),
  mailbox(6, 1, 'other', 'Invoices'),
  mailbox(7, 1, 'junk', 'Junk', 4),
  mailbox(8, 1, 'trash', 'Trash'),
  mailbox(9, 1, 'other', 'Printers', 0, 5),
  mailbox(11, 2, 'inbox', 'INBOX', 3),
  mailbox(12, 2, 'sent', 'Sent'),
  mailbox(13, 2, 'archive', 'Archive'),
  mailbox(21, 3, 'inbox', 'INBOX', 2),
];

/** How a message was handed over. */
export function receiptOf(id: number): SendReceipt {
  const at = NOW - 24 * MINUTE;
  const said = (offset: number, line: string) => ({ at: at + offset, line });
  return {
    id,
    messageId: `${id}@harbour.example`,
    sender: 'yue@harbour.example',
    size: 48_200,
    sha256: '9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08',
    server: 'mail.harbour.example',
    address: '192.0.2.17:465',
    security: 'TLS 1.3',
    certificate: '2c26b46b68ffc68ff99b453c1d30413413422d706483bfa0f98a5e886266e7ae',
    queueId: '4c8Tn21xZkz3k',
    acceptedAt: at,
    recipients: [
      { address: person(5), state: 'accepted', code: 250, said: '250 2.1.5 Ok' },
      { address: person(1), state: 'accepted', code: 250, said: '250 2.1.5 Ok' },
    ],
    reports: 'asked',
    fates: [
      { address: person(5).email, fate: 'read', said: '', at: at + 3 * MINUTE, message: null },
      { address: person(1).email, fate: 'failed', said: '550 5.1.1 User unknown', at: at + MINUTE, message: null },
    ],
    steps: [],
    lines: [
      said(0, 'S: 220 mail.harbour.example ESMTP'),
      said(20, 'C: EHLO [127.0.0.1]'),
      said(60, 'C: AUTH PLAIN •••'),
      said(90, 'S: 235 2.7.0 Authentication successful'),
      said(300, 'S: 250 2.0.0 Ok: queued as 4c8Tn21xZkz3k'),
    ],
    text: 'Message-ID: <1@harbour.example>',
  };
}
