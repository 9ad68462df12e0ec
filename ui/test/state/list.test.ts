/** The list: places, deltas, focus, marks. */
import { describe, expect, it, vi } from 'vitest';
import { List } from '@/state/list.svelte';
import { FakeEngine } from '../fake';

async function opened(total = 1000): Promise<{ engine: FakeEngine; list: List }> {
  const engine = new FakeEngine(total);
  const list = new List(engine, () => true);
  engine.on((event) => list.hear(event));
  await list.reload();
  return { engine, list };
}

describe('List', () => {
  it('opens a place with its first window', async () => {
    const { list } = await opened();
    expect(list.total).toBe(1000);
    expect(list.loading).toBe(false);
    expect(list.row(0)?.message).toBe(1);
  });

  it('shows the last place that was asked for, whatever order the answers come in', async () => {
    const { engine, list } = await opened();
    const answers: (() => void)[] = [];
    engine.handlers['views.open'] = ({ source }) =>
      new Promise((resolve) => {
        const total = source.kind === 'starred' ? 5 : 9;
        answers.push(() =>
          resolve({ view: total, version: 1, total, unread: 0, counting: false, rows: [], search: null }),
        );
      });
    const first = list.open({ kind: 'starred' });
    const second = list.open({ kind: 'role', role: 'sent' });
    await vi.waitFor(() => expect(answers).toHaveLength(2));
    for (const answer of answers.reverse()) answer();
    await Promise.all([first, second]);
    expect(list.total).toBe(9);
  });

  it('follows rows that come and go, and keeps the row in focus', async () => {
    const { engine, list } = await opened();
    list.focus(3);
    engine.arrive();
    expect(list.total).toBe(1001);
    expect(list.active).toEqual({ message: 4, index: 4 });
    await vi.waitFor(() => expect(list.row(0)?.subject).toBe('Just in'));
    engine.vanish(0);
    expect(list.active).toEqual({ message: 4, index: 3 });
  });

  it('counts what came above instead of moving what is looked at', async () => {
    const { engine, list } = await opened();
    list.screen = { reveal: () => undefined, renumbered: () => undefined, pageLength: () => 10, atTop: () => false };
    list.look(100, 120);
    engine.arrive();
    engine.arrive();
    expect(list.fresh).toBe(2);
    list.showFresh();
    expect(list.fresh).toBe(0);
  });

  it('goes on to the next row in the direction of travel', async () => {
    const { list } = await opened();
    list.focus(5);
    list.move(1);
    list.leave('next');
    expect(list.active?.index).toBe(7);
    list.move(-1);
    list.leave('next');
    expect(list.active?.index).toBe(5);
    list.leave('previous');
    expect(list.active?.index).toBe(4);
    list.leave('list');
    expect(list.active).toBeNull();
  });

  it('puts the focus on a row that is not here yet as soon as it comes', async () => {
    const { list } = await opened();
    list.focus(999);
    expect(list.active).toBeNull();
    list.move(-1);
    await vi.waitFor(() => expect(list.active).toEqual({ message: 999, index: 998 }));
  });

  it('keeps what is read when its row goes by itself, and goes on from there', async () => {
    const { engine, list } = await opened();
    list.focus(5);
    engine.vanish(5);
    expect(list.active).toMatchObject({ message: 6, gone: true });
    expect(list.activeRow).toBeUndefined();
    list.move(1);
    expect(list.active).toEqual({ message: 7, index: 5 });
  });

  it('keeps focus and marks on a conversation that a new message moves', async () => {
    const { engine, list } = await opened();
    list.focus(5);
    list.toggle(5);
    list.toggle(7);
    engine.answer(5);
    expect(list.active).toEqual({ message: 6, index: 0 });
    expect(list.activeRow?.message).toBe(6_000_001);
    expect(list.marked.has(6_000_001)).toBe(true);
    expect(list.marked.has(6)).toBe(false);
    expect(list.marked.size(list.total)).toBe(2);
    await vi.waitFor(() => expect(list.row(0)?.subject).toBe('Answered'));
    expect(list.activeRow?.subject).toBe('Answered');
  });

  it('says that it counts until everything is known', async () => {
    const { engine, list } = await opened(1000);
    list.focus(3);
    engine.grow(2000, true);
    expect([list.total, list.counting]).toEqual([2000, true]);
    expect(list.row(3)?.message).toBe(4);
    engine.grow(2500, false);
    expect([list.total, list.counting]).toEqual([2500, false]);
    expect(list.active).toEqual({ message: 4, index: 3 });
  });

  it('finds the row in focus again after everything changed', async () => {
    const { engine, list } = await opened();
    list.focus(3);
    engine.reset();
    expect(list.active).toEqual({ message: 4, index: 3, gone: true });
    await vi.waitFor(() => expect(list.active).toEqual({ message: 4, index: 3 }));
  });

  it('forgets marks of rows that went', async () => {
    const { engine, list } = await opened();
    list.toggle(3);
    list.toggle(4);
    engine.vanish(3);
    expect(list.marked.size(list.total)).toBe(1);
    expect(list.marked.has(5)).toBe(true);
  });

  it('finds the row in focus again when the view is opened anew', async () => {
    const { engine, list } = await opened();
    list.focus(3);
    engine.arrive();
    await list.reload();
    await vi.waitFor(() => expect(list.active).toEqual({ message: 4, index: 4 }));
  });

  it('passes by marked rows when they go', async () => {
    const { list } = await opened();
    list.focus(2);
    for (const index of [2, 3, 4]) list.toggle(index);
    list.leave('next');
    expect(list.active?.index).toBe(5);
    expect(list.marked.isEmpty).toBe(true);
  });

  it('marks a range across rows that are not here', async () => {
    const { list } = await opened();
    list.focus(10);
    list.look(500, 520);
    await vi.waitFor(() => expect(list.row(510)).toBeDefined());
    list.focus(510, true);
    await vi.waitFor(() => expect(list.marked.size(1000)).toBe(501));
    expect(list.marked.has(300)).toBe(true);
  });

  it('says why a place cannot be shown', async () => {
    const { engine, list } = await opened();
    engine.handlers['views.open'] = () => Promise.reject(new Error('broken'));
    await list.reload();
    expect(list.failure?.code).toBe('internal');
    expect(list.total).toBe(0);
  });
});
