/** When a message may leave: choices in the words that people use, in the time of this computer. */
import { clockTime } from '@/text/format';
import type { Key } from '@/text/keys';
import { t } from '@/text/text.svelte';

/** Hours of the day at which the natural choices are. */
const EVENING = 18;
const MORNING = 8;
const MONDAY = 1;
const DAYS = 7;

/** A natural choice. */
export interface Choice {
  label: Key;
  /** Milliseconds since 1970. */
  at: number;
}

/** What the user chose: a time, or to hold it. */
export type When = { kind: 'at'; at: number } | { kind: 'hold' };

function at(now: Date, days: number, hour: number): number {
  return new Date(now.getFullYear(), now.getMonth(), now.getDate() + days, hour).getTime();
}

/** Returns the choices that lie ahead and are not the same: on a Sunday, Monday is tomorrow. */
export function choices(time: number): Choice[] {
  const now = new Date(time);
  const toMonday = (MONDAY - now.getDay() + DAYS) % DAYS || DAYS;
  const list: Choice[] = [
    { label: 'later-evening', at: at(now, 0, EVENING) },
    { label: 'later-tomorrow', at: at(now, 1, MORNING) },
    { label: 'later-monday', at: at(now, toMonday, MORNING) },
  ];
  return list.filter((one, place) => one.at > time && list.findIndex((other) => other.at === one.at) === place);
}

/** How the choice of a time is made. */
export interface Later {
  /** It may also be held. */
  holds: boolean;
  /** Asks for a time, milliseconds since 1970; null when the user cancelled. */
  askTime: () => Promise<number | null>;
  chosen: (when: When) => void;
}

/** A line of the choice. */
export interface LaterItem {
  label: string;
  /** A line above it. */
  apart?: boolean;
  run: () => void;
}

/** Returns the lines of the choice. */
export function laterItems({ holds, askTime, chosen }: Later): LaterItem[] {
  const pick = async (): Promise<void> => {
    const time = await askTime();
    if (time !== null) chosen({ kind: 'at', at: time });
  };
  const items: LaterItem[] = [
    ...choices(Date.now()).map((choice) => ({
      label: t(choice.label, { time: clockTime(choice.at) }),
      run: () => chosen({ kind: 'at', at: choice.at }),
    })),
    { label: t('later-pick'), run: () => void pick() },
  ];
  if (holds) items.push({ label: t('later-hold'), apart: true, run: () => chosen({ kind: 'hold' }) });
  return items;
}
