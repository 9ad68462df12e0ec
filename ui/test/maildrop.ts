/** A maildrop for tests and for looking at it: messages of all kinds, the newest first. */
import type { MaildropChanges, MaildropRow } from '@/ipc/generated';
import { line, NOW, person } from './mail';

const DAY = 86_400_000;

/** One message; `at` counts from the newest. */
function rowOf(at: number, count: number): MaildropRow {
  const bare = at % 41 === 40;
  const here = at % 17 === 2 ? 'head' : at % 23 === 5 ? 'nothing' : at % 29 === 7 ? 'deleted' : 'whole';
  const fate = here !== 'whole' ? 'stays' : at % 7 === 6 ? 'kept' : at > 14 ? 'next' : 'later';
  return {
    uidl: `u${at}`,
    number: count - at,
    size: Math.round(38_400_000 / (1 + ((at * 7) % 19) ** 2)) + at,
    from: bare ? null : person(at),
    subject: bare ? '' : (line(at)[0] ?? ''),
    at: bare ? null : NOW - at * DAY,
    headless: bare,
    message: here === 'whole' ? at + 1 : null,
    here,
    fate,
    leavesAt: fate === 'later' ? NOW + (14 - at) * DAY : null,
  };
}

/** A look that is over. */
export function dropOf(count: number): MaildropChanges {
  return {
    version: 1,
    anew: true,
    state: 'done',
    problem: null,
    done: 0,
    total: 0,
    askedAt: NOW,
    count,
    outcome: null,
    rows: Array.from({ length: count }, (_, at) => rowOf(at, count)),
    gone: [],
  };
}
