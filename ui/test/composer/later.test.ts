/** The natural choices of a time: ahead, in order, and none twice. */
import { describe, expect, it } from 'vitest';
import { choices } from '@/state/later';

const local = (day: number, hour: number, minute = 0) => new Date(2026, 10, day, hour, minute).getTime();
const EVENING = 'later-evening';
const TOMORROW = 'later-tomorrow';
const MONDAY = 'later-monday';

// 21 November 2026 is a Saturday.
describe('choices of a time', () => {
  it.each([
    [
      'Saturday morning',
      local(21, 9),
      [
        [EVENING, local(21, 18)],
        [TOMORROW, local(22, 8)],
        [MONDAY, local(23, 8)],
      ],
    ],
    [
      'Saturday at six sharp',
      local(21, 18),
      [
        [TOMORROW, local(22, 8)],
        [MONDAY, local(23, 8)],
      ],
    ],
    [
      'Sunday noon: tomorrow is Monday',
      local(22, 12),
      [
        [EVENING, local(22, 18)],
        [TOMORROW, local(23, 8)],
      ],
    ],
    [
      'Monday at seven: the next Monday',
      local(23, 7),
      [
        [EVENING, local(23, 18)],
        [TOMORROW, local(24, 8)],
        [MONDAY, local(30, 8)],
      ],
    ],
    [
      'the last evening of a month',
      local(30, 23, 59),
      [
        [TOMORROW, local(31, 8)],
        [MONDAY, local(37, 8)],
      ],
    ],
  ])('%s', (_, now, expected) => {
    expect(choices(now).map(({ label, at }) => [label, at])).toEqual(expected);
  });
});
