/** Dates, sizes and numbers in the language of the page. Formatters are cached: making one costs a millisecond. */
import { locale } from './text.svelte';

const dates = new Map<string, Intl.DateTimeFormat>();
const numbers = new Map<string, Intl.NumberFormat>();

function date(options: Intl.DateTimeFormatOptions): Intl.DateTimeFormat {
  const key = locale() + JSON.stringify(options);
  let format = dates.get(key);
  if (!format) dates.set(key, (format = new Intl.DateTimeFormat(locale(), options)));
  return format;
}

/** Returns the time of day. */
export function clockTime(at: number): string {
  return date({ hour: '2-digit', minute: '2-digit', hourCycle: 'h23' }).format(at);
}

/** Returns the short date of a row: today the time, this year day and month, else numbers. */
export function shortDate(at: number, now = Date.now()): string {
  const then = new Date(at);
  const today = new Date(now);
  if (then.toDateString() === today.toDateString()) return clockTime(at);
  if (then.getFullYear() === today.getFullYear()) return date({ month: 'short', day: 'numeric' }).format(at);
  return date({ year: 'numeric', month: 'numeric', day: 'numeric' }).format(at);
}

/** Returns the day alone. */
export function day(at: number): string {
  return date({ dateStyle: 'medium' }).format(at);
}

/** Returns the whole date, for titles and screen readers. */
export function fullDate(at: number): string {
  return date({ dateStyle: 'full', timeStyle: 'short', hourCycle: 'h23' }).format(at);
}

/** Returns day and time, as they stand in a sentence about what comes: `Mon, 23 Nov, 08:00`. */
export function dayAndTime(at: number): string {
  const parts = { weekday: 'short', month: 'short', day: 'numeric', hour: '2-digit', minute: '2-digit' } as const;
  return date({ ...parts, hourCycle: 'h23' }).format(at);
}

/** Returns a day in words, as a letter has it. */
export function longDate(at: number): string {
  return date({ dateStyle: 'long' }).format(at);
}

/** Returns a number with its groups. */
export function count(value: number): string {
  const key = locale();
  let format = numbers.get(key);
  if (!format) numbers.set(key, (format = new Intl.NumberFormat(key)));
  return format.format(value);
}

/** Returns a number of things, with a plus where more may be found. */
export function countSoFar(value: number, counting: boolean): string {
  return counting ? `${count(value)}+` : count(value);
}

const UNITS = ['B', 'KB', 'MB', 'GB', 'TB'] as const;

/** Returns a size in units of 1000 bytes: two digits that matter. */
export function bytes(size: number): string {
  let value = size;
  let unit = 0;
  while (value >= 999.5 && unit < UNITS.length - 1) {
    value /= 1000;
    unit += 1;
  }
  const digits = unit > 0 && value < 9.95 ? 1 : 0;
  return `${value.toFixed(digits)} ${UNITS[unit] ?? 'B'}`;
}

/** Returns a duration of a step. */
export function duration(ms: number): string {
  return ms < 1000 ? `${Math.round(ms)} ms` : `${(ms / 1000).toFixed(1)} s`;
}
