/** The reader: what is opened, folded, asked for again. */
import { describe, expect, it, vi } from 'vitest';
import type { Event, MessageHead } from '@/ipc/generated';
import { Preferences } from '@/state/preferences.svelte';
import { firstUnfolded } from '@/state/ahead';
import { Reader } from '@/state/reader.svelte';
import { FakeEngine } from '../fake';

function reading(): { engine: FakeEngine; reader: Reader } {
  const engine = new FakeEngine();
  return { engine, reader: new Reader(engine, new Preferences(engine, () => 'en')) };
}

describe('firstUnfolded', () => {
  const heads = async (unread: boolean[]): Promise<MessageHead[]> => {
    const { engine, reader } = reading();
    await reader.open(1, false);
    const head = reader.conversation?.messages[0];
    reader.close();
    expect(engine.calls.length).toBeGreaterThan(0);
    return head ? unread.map((one, at) => ({ ...head, id: at + 1, unread: one })) : [];
  };
  it('opens the newest when all are read', async () => {
    expect(firstUnfolded(await heads([false, false, false]))).toEqual([3]);
  });
  it('opens the unread ones and the newest, at most six', async () => {
    expect(firstUnfolded(await heads([false, true, false]))).toEqual([2, 3]);
    expect(firstUnfolded(await heads(Array.from({ length: 9 }, () => true)))).toHaveLength(6);
  });
});

describe('Reader', () => {
  it('opens a conversation with its newest message', async () => {
    const { reader } = reading();
    await reader.open(1, false);
    expect(reader.conversation?.messages).toHaveLength(5);
    expect([...reader.unfolded]).toEqual([14]);
    await vi.waitFor(() => expect(reader.opened.get(14)).toBeDefined());
    expect(reader.subject?.id).toBe(14);
  });

  it('shows the last that was asked for', async () => {
    const { reader } = reading();
    await Promise.all([reader.open(1, false), reader.open(2, false)]);
    expect(reader.conversation?.thread).toBe(2);
  });

  it('marks as read only after the time in view', async () => {
    vi.useFakeTimers();
    const { engine, reader } = reading();
    await reader.open(2, false);
    const marks = () => engine.calls.filter((call) => call.method === 'messages.setRead');
    vi.advanceTimersByTime(1_900);
    expect(marks()).toHaveLength(0);
    vi.advanceTimersByTime(200);
    expect(marks()[0]?.params).toEqual({ selection: { kind: 'messages', messages: [24] }, value: true });
    await reader.open(3, false);
    reader.close();
    vi.advanceTimersByTime(10_000);
    expect(marks()).toHaveLength(1);
    vi.useRealTimers();
  });

  it('says why a message cannot be read', async () => {
    const { engine, reader } = reading();
    engine.handlers['messages.open'] = () => Promise.reject(new Error('gone'));
    await reader.open(2, false);
    await vi.waitFor(() => expect(reader.problems.size).toBe(1));
  });
});

describe('what is read next', () => {
  const asked = (engine: FakeEngine) =>
    engine.calls.filter(({ method }) => method === 'threads.open' || method === 'messages.open').length;
  async function prepared(): Promise<{ engine: FakeEngine; reader: Reader; before: number }> {
    const { engine, reader } = reading();
    await reader.open(1, false);
    await vi.waitFor(() => expect(reader.settled).toBe(true));
    await reader.prepare([2], false);
    return { engine, reader, before: asked(engine) };
  }

  it('is on screen in the same moment, without a question', async () => {
    const { engine, reader, before } = await prepared();
    void reader.open(2, false);
    expect(reader.conversation?.thread).toBe(2);
    expect(reader.settled).toBe(true);
    expect([...reader.opened.keys()]).toEqual([...reader.unfolded]);
    expect(asked(engine)).toBe(before);
  });

  it('is asked for anew where it is wanted in another form', async () => {
    const { engine, reader, before } = await prepared();
    await reader.open(2, true);
    expect(asked(engine)).toBeGreaterThan(before);
  });

  it.each([
    ['the conversation changed', { kind: 'messagesChanged', messages: [], threads: [2] }, true],
    ['another conversation changed', { kind: 'messagesChanged', messages: [], threads: [7] }, false],
    ['mail arrived', { kind: 'mailArrived', arrivals: [] }, true],
    ['folders were counted', { kind: 'mailboxesChanged', mailboxes: [] }, false],
  ] as [string, Event, boolean][])('%s: asked for anew is %s', async (_, event, anew) => {
    const { engine, reader, before } = await prepared();
    reader.hear(event);
    const since = asked(engine);
    await reader.open(2, false);
    expect(since).toBe(before);
    expect(asked(engine) > since).toBe(anew);
  });

  it('is asked for anew after what is told of senders changed', async () => {
    const { engine, reader, before } = await prepared();
    await reader.load(14);
    await reader.open(2, false);
    expect(asked(engine)).toBeGreaterThan(before + 1);
  });

  it('never fetches what is not on this computer', async () => {
    const { engine, reader } = reading();
    const real = engine.handlers['threads.open'];
    engine.handlers['threads.open'] = async (params) => {
      delete engine.handlers['threads.open'];
      const conversation = await engine.call('threads.open', params);
      return {
        ...conversation,
        messages: conversation.messages.map((head) => ({ ...head, body: 'missing' as const })),
      };
    };
    expect(real).toBeUndefined();
    await reader.prepare([2], false);
    expect(engine.calls.filter(({ method }) => method === 'messages.open')).toHaveLength(0);
  });
});
