/** Times of events and senders, in words: what stands in an invitation is what is read, wherever one is. */
import { afterEach, describe, expect, it } from 'vitest';
import { eventSpan, isOver, repeatWords, spanThere } from '@/feature/reader/event';
import type { Invitation, Recurrence } from '@/ipc/generated';
import { sentThere } from '@/feature/reader/time';
import { setLocale } from '@/text/text.svelte';
import { INVITATION, WEEKLY } from '../reading';

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
  const at = (hours: number) => ({
    kind: 'at' as const,
    at: Date.UTC(2026, 3, 24, hours),
    clock: `2026-04-24T${String(hours + 8).padStart(2, '0')}:00`,
    zone: 'Asia/Shanghai',
  });
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

  it('is told by the clock of whoever wrote it too, where that is another one', () => {
    expect(spanThere(at(9), at(10), 'UTC')).toMatch(/17:00.*18:00 \(clock of Asia\/Shanghai\)$/);
    expect(spanThere(at(9), at(10), 'Asia/Singapore')).toBe('');
    expect(spanThere({ ...at(9), zone: 'UTC' }, null, 'Asia/Tokyo')).toBe('');
    expect(spanThere(day('2026-04-24'), null)).toBe('');
  });

  it('is over when its end has passed, and a series when its last time has', () => {
    const event = (part: Partial<Invitation>) =>
      isOver({ ...INVITATION, start: null, end: null, recurrence: null, ...part }, Date.UTC(2026, 3, 24, 12));
    expect(event({ start: at(9), end: at(11) })).toBe(true);
    expect(event({ start: at(9), end: at(13) })).toBe(false);
    expect(event({ start: day('2026-04-24'), end: day('2026-04-25') })).toBe(false);
    expect(event({ start: at(9), recurrence: WEEKLY })).toBe(false);
    expect(event({ start: at(9), recurrence: { ...WEEKLY, until: at(10) } })).toBe(true);
    expect(event({})).toBe(false);
  });
});

describe('how an event repeats', () => {
  const on = (...weekdays: number[]) => weekdays.map((weekday) => ({ weekday, nth: 0 }));
  const rules: [Partial<Recurrence>, string, string][] = [
    [{}, 'every week', '每周'],
    [{ interval: 2, days: on(1, 4) }, 'every 2 weeks, on Monday and Thursday', '每 2 周、星期一和星期四'],
    [{ days: on(1, 2, 3, 4, 5) }, 'Monday to Friday', '周一至周五'],
    [{ frequency: 'daily', count: 3 }, 'every day, 3 times', '每天、共 3 次'],
    [
      { frequency: 'monthly', days: [{ weekday: 2, nth: 2 }] },
      'every month, on the second Tuesday',
      '每月、第 2 个星期二',
    ],
    [
      { frequency: 'monthly', days: [{ weekday: 5, nth: -1 }] },
      'every month, on the last Friday',
      '每月、最后一个星期五',
    ],
    [
      { frequency: 'yearly', months: [4], monthDays: [24] },
      'every year, on day 24 of the month, in April',
      '每年、当月 24 日、四月',
    ],
    [
      { until: { kind: 'day', day: '2026-12-31' }, hasMore: true },
      'every week, until Dec 31, 2026, with exceptions',
      '每周、至 2026年12月31日、有例外',
    ],
    [{ frequency: 'other' }, 'repeats', '重复'],
  ];
  it.each(rules)('%o', (part, english, chinese) => {
    expect(repeatWords({ ...WEEKLY, ...part })).toBe(english);
    setLocale('zh-CN');
    expect(repeatWords({ ...WEEKLY, ...part })).toBe(chinese);
  });
});
