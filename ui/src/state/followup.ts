/** When the user wants to be reminded of a message that nobody answers: choices in the words that people use. */
import type { FollowUpWhen } from '@/ipc/generated';
import { dayAndTime } from '@/text/format';
import { t } from '@/text/text.svelte';
import { type LaterItem, laterItems } from './later';

const DAY_MS = 86_400_000;
const WEEK = 7;
/** Waits that are offered, in days. */
const WAITS = [2, WEEK, 2 * WEEK];

/** A line of the choice; some are on. */
export interface FollowUpItem extends LaterItem {
  checked?: boolean;
}

/** How the choice is made for a message that is being written. */
interface Wish {
  /** What is chosen now; null = no reminder. */
  now: FollowUpWhen | null;
  /** Asks for a time, milliseconds since 1970; null when the user cancelled. */
  askTime: () => Promise<number | null>;
  chosen: (when: FollowUpWhen | null) => void;
}

/** Returns a wait in words. */
function waitWords(days: number): string {
  return days % WEEK === 0 ? t('followup-weeks', { count: days / WEEK }) : t('followup-days', { count: days });
}

/** Returns the lines of the choice for a message that is being written: times count from when it leaves. */
export function wishItems({ now, askTime, chosen }: Wish): FollowUpItem[] {
  const pick = async (): Promise<void> => {
    const at = await askTime();
    if (at !== null) chosen({ kind: 'at', at });
  };
  return [
    ...WAITS.map((days) => ({
      label: waitWords(days),
      checked: now?.kind === 'after' && now.wait === days * DAY_MS,
      run: () => chosen({ kind: 'after', wait: days * DAY_MS }),
    })),
    {
      label: now?.kind === 'at' ? `${t('followup-pick')} (${dayAndTime(now.at)})` : t('followup-pick'),
      checked: now?.kind === 'at',
      run: () => void pick(),
    },
    { label: t('followup-never'), apart: true, checked: now === null, run: () => chosen(null) },
  ];
}

/** Returns what a draft wishes in a sentence; empty where it wishes nothing. */
export function wishWords(when: FollowUpWhen | null): string {
  if (when === null) return '';
  if (when.kind === 'at') return t('followup-draft-at', { when: dayAndTime(when.at) });
  return t('followup-draft-after', { count: Math.max(1, Math.round(when.wait / DAY_MS)) });
}

/** Returns the lines of the choice for a message that was sent: the times at which anything can be planned. */
export function reminderItems(askTime: () => Promise<number | null>, chosen: (at: number) => void): FollowUpItem[] {
  const lines = laterItems({
    holds: false,
    askTime,
    chosen: (when) => {
      if (when.kind === 'at') chosen(when.at);
    },
  });
  const waits = [WEEK, 2 * WEEK].map((days) => ({
    label: waitWords(days),
    run: () => chosen(Date.now() + days * DAY_MS),
  }));
  return [...lines.slice(0, -1), ...waits, ...lines.slice(-1)];
}
