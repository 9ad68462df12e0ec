/** When an event takes place and how it repeats, as people say it. */
import type { EventTime, Invitation, Recurrence, RuleDay } from '@/ipc/generated';
import type { Key } from '@/text/keys';
import { locale, t } from '@/text/text.svelte';

type Parts = Intl.DateTimeFormatOptions;

const DAY: Parts = { weekday: 'short', year: 'numeric', month: 'long', day: 'numeric' };
const CLOCK: Parts = { hour: '2-digit', minute: '2-digit', hourCycle: 'h23' };
/** A Monday: weekdays of rules are counted from it. */
const MONDAY = Date.UTC(2024, 0, 1);
const DAY_MS = 86_400_000;

/** A time without a place is read as UTC and shown as UTC: its digits stay as they are. */
function instant(time: EventTime): { date: Date; zone: string | undefined; note: string; day: boolean } {
  if (time.kind === 'at') return { date: new Date(time.at), zone: undefined, note: '', day: false };
  if (time.kind === 'day') return { date: new Date(`${time.day}T00:00Z`), zone: 'UTC', note: '', day: true };
  return { date: new Date(`${time.time}Z`), zone: 'UTC', note: time.zone, day: false };
}

/** Returns the beginning and the end in one line; empty when the event does not say when it begins. */
export function eventSpan(start: EventTime | null, end: EventTime | null, zone?: string): string {
  if (!start) return '';
  const from = instant(start);
  const format = new Intl.DateTimeFormat(locale(), {
    ...(from.day ? DAY : { ...DAY, ...CLOCK }),
    timeZone: from.zone ?? zone,
  });
  const note = from.note ? ` (${t('event-clock', { place: from.note })})` : '';
  if (!end || end.kind !== start.kind) return format.format(from.date) + note;
  const to = instant(end).date;
  // The last day counts; the one after it is what the calendar names.
  if (from.day) to.setUTCDate(to.getUTCDate() - 1);
  return (to > from.date ? format.formatRange(from.date, to) : format.format(from.date)) + note;
}

/** Returns the same by the clock of whoever wrote it, with its place; empty where that says nothing new. */
export function spanThere(start: EventTime | null, end: EventTime | null, zone?: string): string {
  if (start?.kind !== 'at' || start.zone === 'UTC') return '';
  const local = (at: number, timeZone: string | undefined) =>
    new Intl.DateTimeFormat('sv-SE', { dateStyle: 'short', timeStyle: 'short', timeZone }).format(at);
  if (local(start.at, zone) === start.clock.replace('T', ' ')) return '';
  const until = end?.kind === 'at' ? ({ kind: 'local', time: end.clock, zone: start.zone } as const) : null;
  return eventSpan({ kind: 'local', time: start.clock, zone: start.zone }, until);
}

/** True when it is over: its end, or where it has none its beginning, has passed; one that repeats when its last time has. */
export function isOver({ start, end, recurrence }: Invitation, now: number): boolean {
  const last = recurrence ? recurrence.until : (end ?? start);
  if (!last || (recurrence && recurrence.count !== null)) return false;
  // A day lasts until its end, wherever one is: half a day is added to be sure.
  return instant(last).date.getTime() + (last.kind === 'at' ? 0 : DAY_MS / 2) < now;
}

function weekday(number: number): string {
  const format = new Intl.DateTimeFormat(locale(), { weekday: 'long', timeZone: 'UTC' });
  return format.format(MONDAY + (number - 1) * DAY_MS);
}

function month(number: number): string {
  const format = new Intl.DateTimeFormat(locale(), { month: 'long', timeZone: 'UTC' });
  return format.format(Date.UTC(2024, number - 1, 15));
}

function list(words: string[]): string {
  return new Intl.ListFormat(locale(), { type: 'conjunction' }).format(words);
}

const EVERY: Record<string, Key> = {
  daily: 'event-daily',
  weekly: 'event-weekly',
  monthly: 'event-monthly',
  yearly: 'event-yearly',
};

const isWorkweek = (days: readonly RuleDay[]) =>
  days.length === 5 && days.every((day) => day.nth === 0 && day.weekday <= 5);

function dayWords({ weekday: number, nth }: RuleDay): string {
  return nth === 0 ? weekday(number) : t('event-nth', { nth, day: weekday(number) });
}

/** Returns the date of a rule's end without its weekday, in the zone where one is. */
function untilWords(until: EventTime): string {
  const { date, zone } = instant(until);
  return new Intl.DateTimeFormat(locale(), { dateStyle: 'medium', timeZone: zone }).format(date);
}

/** Returns how an event repeats, in words. */
export function repeatWords(rule: Recurrence): string {
  const { frequency, interval, days, monthDays, months, count, until, hasMore } = rule;
  const workweek = isWorkweek(days) && interval === 1 && (frequency === 'weekly' || frequency === 'daily');
  const words = [
    workweek ? t('event-workdays') : t(EVERY[frequency] ?? 'event-repeats', { count: interval }),
    days.length > 0 && !workweek ? t('event-on', { days: list(days.map(dayWords)) }) : '',
    monthDays.length > 0
      ? t('event-on-dates', {
          days: list(monthDays.map((day) => (day < 0 ? t('event-last-date', { nth: -day }) : `${day}`))),
        })
      : '',
    months.length > 0 ? t('event-in-months', { months: list(months.map(month)) }) : '',
    count === null ? '' : t('event-times', { count }),
    until ? t('event-until', { date: untilWords(until) }) : '',
    hasMore ? t('event-exceptions') : '',
  ];
  return words.filter((word) => word !== '').join(t('list-separator'));
}
