/** Times of events and senders, in words: what stands in an invitation is what is read, wherever one is. */
import { afterEach, describe, expect, it } from 'vitest';
import { eventSpan } from '@/feature/reader/event';
import { sentThere } from '@/feature/reader/time';
import { setLocale } from '@/text/text.svelte';

const SENT = Date.UTC(2026, 3, 24, 7, 5);

afterEach(() => setLocale('en'));

describe('the time where a message was sent', () => {
  it.each([
    [480, 'Fri 15:05 where it was sent (UTC+08:00)'],
    [-210, 'Fri 03:35 where it was sent (UTC−03:30)'],
    [0, ''],
    [null, ''],
  ])('%s minutes east: %s', (offset, words) => {
    expect(sentThere(SENT, offset, 0)).toBe(words);
  });

  it('is said in Chinese too', () => {
    setLocale('zh-CN');
    expect(sentThere(SENT, 480, 0)).toContain('UTC+08:00');
  });

  it('is not said of a message without a date', () => expect(sentThere(null, 480, 0)).toBe(''));
});

describe('when an event takes place', () => {
  const at = (hours: number) => ({ kind: 'at' as const, at: Date.UTC(2026, 3, 24, hours) });
  const day = (text: string) => ({ kind: 'day' as const, day: text });

  it('is told from beginning to end', () => {
    const words = eventSpan(at(9), at(10), 'UTC');
    expect(words).toContain('April 24, 2026');
    expect(words).toMatch(/09:00.*10:00/);
  });

  it('does not count the day after the last', () => {
    expect(eventSpan(day('2026-04-24'), day('2026-04-25'))).toBe('Fri, April 24, 2026');
    expect(eventSpan(day('2026-04-24'), day('2026-04-27'))).toMatch(/24.*26/);
  });

  it('keeps the digits of a place that is not known, and names it', () => {
    const words = eventSpan({ kind: 'local', time: '2026-04-24T09:00', zone: 'Atlantis' }, null);
    expect(words).toMatch(/09:00 \(clock of Atlantis\)$/);
  });

  it('is not told when nobody said', () => expect(eventSpan(null, at(9))).toBe(''));
});
