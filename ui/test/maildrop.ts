/** A maildrop for tests and for looking at it: messages of all kinds, the newest first. */
import type { DropRule, DropRules, DropTrial, MaildropChanges, MaildropRow } from '@/ipc/generated';
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

/** Rules of every kind, one of them off. */
export const RULES: DropRule[] = [
  { on: true, condition: 'subject', number: 0, words: 'Invoice', action: 'download' },
  { on: true, condition: 'sender', number: 0, words: 'newsletter.example', action: 'remove' },
  { on: true, condition: 'larger', number: 5_000_000, words: '', action: 'head' },
  { on: false, condition: 'older', number: 365, words: '', action: 'skip' },
];

/** Rules, and what they deleted. */
export function rulesOf(rules: DropRule[]): DropRules {
  const [, rule] = RULES;
  const newest = Array.from({ length: rule && rules.length > 0 ? 6 : 0 }, (_, at) => ({
    rule: rule ?? { on: true, condition: 'older' as const, number: 1, words: '', action: 'remove' as const },
    from: at === 5 ? { name: '', email: '' } : { name: 'Weekly Offers', email: `news@${at}.newsletter.example` },
    subject: at === 5 ? '' : (line(at)[0] ?? ''),
    size: 40_000 * (at + 1),
    at: NOW - at * DAY,
    decidedAt: NOW - at * DAY,
    removedAt: at === 0 ? null : NOW - at * DAY,
  }));
  return { rules, noHeads: false, ruled: { count: Math.max(0, newest.length - 1), bytes: 800_000, newest } };
}

/** What rules would do to the maildrop above. */
export function trialOf(count: number): DropTrial {
  const deeds = ['remove', 'head', 'skip', 'whole'] as const;
  return {
    rows: Array.from({ length: count }, (_, at) => {
      const here = at % 3 === 1;
      const locked = at % 9 === 0;
      return {
        uidl: `u${at}`,
        rule: [1, 2, 3, 0][at % 4] ?? 0,
        deed: here || locked ? ('usual' as const) : (deeds[at % 4] ?? 'skip'),
        hindrance: here ? ('here' as const) : locked ? ('kept' as const) : null,
      };
    }),
    noHeads: false,
  };
}
