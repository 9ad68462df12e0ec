/** The time where a message was written. */
import { locale, t } from '@/text/text.svelte';

/** Returns the offset as people write it: `UTC+08:00`. */
function zone(minutes: number): string {
  const digits = (value: number) => String(Math.abs(value)).padStart(2, '0');
  return `UTC${minutes < 0 ? '−' : '+'}${digits(Math.trunc(minutes / 60))}:${digits(minutes % 60)}`;
}

/** Returns when a message was sent by its sender's clock; empty where that is the reader's own, or nobody said. */
export function sentThere(
  sentAt: number | null,
  offset: number | null,
  here = new Date(sentAt ?? 0).getTimezoneOffset(),
): string {
  if (sentAt === null || offset === null || offset === -here) return '';
  const there = new Date(sentAt + offset * 60_000);
  const time = new Intl.DateTimeFormat(locale(), {
    weekday: 'short',
    hour: '2-digit',
    minute: '2-digit',
    hourCycle: 'h23',
    timeZone: 'UTC',
  });
  return t('reader-sent-there', { time: time.format(there), zone: zone(offset) });
}
