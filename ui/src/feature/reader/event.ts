/** When an event takes place, as people say it. */
import type { EventTime } from '@/ipc/generated';
import { locale, t } from '@/text/text.svelte';

type Parts = Intl.DateTimeFormatOptions;

const DAY: Parts = { weekday: 'short', year: 'numeric', month: 'long', day: 'numeric' };
const CLOCK: Parts = { hour: '2-digit', minute: '2-digit', hourCycle: 'h23' };

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
