/** Reminders: what is offered, what is said, and that the page shows what the engine tells. */
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { reminderItems, wishItems, wishWords } from '@/state/followup';
import { FollowUps } from '@/state/followups.svelte';
import { UndoBar } from '@/state/undo.svelte';
import { FakeEngine } from '../fake';

const DAY = 86_400_000;
// Saturday, 21 November 2026, nine in the morning.
const NOW = new Date(2026, 10, 21, 9).getTime();

describe('reminders', () => {
  beforeEach(() => void vi.useFakeTimers({ now: NOW }));
  afterEach(() => void vi.useRealTimers());

  it('offers waits that count from the sending, a time of one’s own and none', async () => {
    const chosen = vi.fn();
    const now = { kind: 'after', wait: 7 * DAY } as const;
    const items = wishItems({ now, askTime: () => Promise.resolve(NOW + 5 * DAY), chosen });
    expect(items.map((item) => item.label)).toEqual([
      'In 2 days',
      'In a week',
      'In 2 weeks',
      'On a day of your choice…',
      'No reminder',
    ]);
    expect(items.map((item) => item.checked)).toEqual([false, true, false, false, false]);
    for (const item of items) item.run();
    await Promise.resolve();
    expect(chosen.mock.calls.map(([when]: unknown[]) => when)).toEqual([
      { kind: 'after', wait: 2 * DAY },
      { kind: 'after', wait: 7 * DAY },
      { kind: 'after', wait: 14 * DAY },
      null,
      { kind: 'at', at: NOW + 5 * DAY },
    ]);
    expect(wishWords(null)).toBe('');
    expect(wishWords(now)).toBe('If nobody answers, you are reminded 7 days after it left.');
  });

  it('chooses nothing where no time was picked', async () => {
    const chosen = vi.fn();
    const items = wishItems({ now: null, askTime: () => Promise.resolve(null), chosen });
    items[3]?.run();
    await Promise.resolve();
    expect(chosen).not.toHaveBeenCalled();
  });

  it('offers the times of sending and some weeks for what was sent', () => {
    const chosen = vi.fn();
    const items = reminderItems(() => Promise.resolve(null), chosen);
    expect(items.map((item) => item.label)).toEqual([
      'This evening, 18:00',
      'Tomorrow morning, 08:00',
      'Monday morning, 08:00',
      'In a week',
      'In 2 weeks',
      'Pick a time…',
    ]);
    items[3]?.run();
    items[1]?.run();
    expect(chosen.mock.calls).toEqual([[NOW + 7 * DAY], [new Date(2026, 10, 22, 8).getTime()]]);
  });

  it('shows what the engine tells, and says what failed', async () => {
    const engine = new FakeEngine();
    engine.handlers['followUps.list'] = () => [{ message: 7, at: NOW, due: true }];
    const undo = new UndoBar(engine);
    const followUps = new FollowUps(engine, undo);
    await followUps.load();
    expect([followUps.due, followUps.of(7)?.due, followUps.of(8)]).toEqual([1, true, undefined]);
    engine.emit({ kind: 'followUpsChanged', reminders: [] });
    followUps.hear({ kind: 'followUpsChanged', reminders: [{ message: 8, at: NOW + DAY, due: false }] });
    expect([followUps.due, followUps.of(7), followUps.of(8)?.at]).toEqual([0, undefined, NOW + DAY]);
    await followUps.set(8, NOW + 2 * DAY);
    expect(engine.calls.at(-1)).toEqual({ method: 'followUps.set', params: { message: 8, at: NOW + 2 * DAY } });
    expect(undo.line?.text).toMatch(/^You are reminded on /);
    engine.handlers['followUps.remove'] = () => {
      throw new Error('disk');
    };
    await followUps.remove(8);
    expect(undo.line?.failed).toBe(true);
  });
});
