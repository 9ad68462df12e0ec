/** A synthetic ledger and transcript, for unit tests and for looking at the interface. */
import type { ConsoleLines, FolderProof, Ledger, LedgerFolder } from '@/ipc/generated';
import { MAILBOXES, NOW } from './mail';

const MINUTE = 60_000;

const EQUAL: FolderProof = {
  at: NOW - 48 * MINUTE,
  compared: 1284,
  missing: 0,
  gone: 0,
  flags: 0,
  other: 0,
  spared: 0,
  remaining: 0,
  problem: '',
  equal: true,
};

/** What differs from a folder in step, by its place in the list. */
const ODD: Partial<LedgerFolder>[] = [
  { proof: EQUAL },
  { proof: { ...EQUAL, missing: 2, gone: 1, flags: 14 } },
  { there: 612, here: 598 },
  { pending: 3 },
  {
    unreadable: [
      { uid: 40_417, sinceAt: NOW - 900 * MINUTE, reason: 'UID FETCH Server error while fetching messages' },
    ],
  },
  { there: null, comparedAt: null, uidValidity: null, uidNext: null, modseq: '' },
  { proof: { ...EQUAL, equal: false, problem: 'The server closed the connection' } },
];

/** Returns the ledger of an account, or of all. */
export function ledgerOf(account: number | null): Ledger {
  const own = MAILBOXES.filter((one) => one.selectable && !one.local && (account === null || one.account === account));
  const folders = own.map((one, at): LedgerFolder => {
    const total = Math.max(one.total, 12);
    return {
      mailbox: one.id,
      account: one.account,
      there: total,
      here: total,
      bytes: total * 31_000,
      stored: Math.floor(total * 0.8),
      pending: 0,
      uidValidity: 1_698_403_112 + at,
      uidNext: 40_418 + at,
      modseq: String(88_412 - at),
      objectId: '',
      comparedAt: NOW - (at + 3) * MINUTE,
      auditedAt: NOW - 300 * MINUTE,
      proof: null,
      unreadable: [],
      ...ODD[at % 9],
    };
  });
  return {
    folders,
    operations: [
      {
        id: 9,
        account: 1,
        action: 'star',
        count: 3,
        refused: false,
        attempts: 0,
        at: NOW - 2 * MINUTE,
        nextTryAt: null,
        said: '',
      },
      {
        id: 8,
        account: 1,
        action: 'archive',
        count: 12,
        refused: true,
        attempts: 1,
        at: NOW - 90 * MINUTE,
        nextTryAt: null,
        said: 'Quota exceeded (mailbox for user is full)',
      },
    ],
    maildrops: account === null || account === 3 ? [{ account: 3, there: 312, whole: 309, heads: 3, ruled: 5 }] : [],
    proofs: [],
  };
}

const SAID: [boolean, number, string, number | null][] = [
  [false, 1, '* OK [CAPABILITY IMAP4rev1 AUTH=PLAIN ID ENABLE IDLE UIDPLUS MOVE CONDSTORE QRESYNC] ready', null],
  [true, 1, 'A0001 AUTHENTICATE PLAIN •••', null],
  [false, 1, 'A0001 OK Logged in', 121],
  [true, 1, 'A0002 ENABLE QRESYNC', null],
  [false, 1, 'A0002 OK Enabled', 37],
  [true, 1, 'A0003 SELECT INBOX (QRESYNC (1698403112 88402))', null],
  [false, 1, '* VANISHED (EARLIER) 40388,40401', null],
  [false, 1, String.raw`* 1283 FETCH (UID 40415 FLAGS (\Seen \Answered) MODSEQ (88410))`, null],
  [false, 1, 'A0003 OK [READ-WRITE] Select completed', 43],
  [true, 1, 'A0004 UID SEARCH RETURN (ALL) ALL', null],
  [false, 1, 'A0004 NO [UNAVAILABLE] Search index is being rebuilt', 612],
  [true, 2, 'A0005 IDLE', null],
  [false, 2, '+ idling', null],
  [false, 2, '* 1284 EXISTS', null],
  [true, 3, 'RCPT TO:<…@papier-fils.example>', null],
  [false, 3, '250 2.1.5 Ok', 8.4],
];

/** What was said. */
export const TRANSCRIPT: ConsoleLines = {
  lines: SAID.map(([ours, connection, text, afterMs], at) => ({
    number: at + 1,
    at: NOW - 2000 + at * 61,
    connection,
    ours,
    text,
    afterMs,
  })),
  last: SAID.length,
  lost: 0,
  connections: [
    { id: 1, account: 1, purpose: 'working', host: 'mail.harbour.example', sinceAt: NOW - 3000, open: true },
    { id: 2, account: 1, purpose: 'watching', host: 'mail.harbour.example', sinceAt: NOW - 3000, open: true },
    { id: 3, account: 1, purpose: 'submission', host: 'smtp.harbour.example', sinceAt: NOW - 3000, open: false },
  ],
};
