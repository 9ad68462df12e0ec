/** Folders: their order, what is below one, and what an action asks before it makes a folder. */
import { describe, expect, it } from 'vitest';
import { EngineError } from '@/ipc/engine';
import type { Mailbox } from '@/ipc/generated';
import { Mailboxes } from '@/state/mailboxes.svelte';
import { Store } from '@/state/store.svelte';
import { FakeEngine } from '../fake';
import { MAILBOXES } from '../mail';

function folder(id: number, name: string, parent: number | null, more: Partial<Mailbox> = {}): Mailbox {
  const [first] = MAILBOXES;
  if (!first) throw new Error('there is no example');
  return { ...first, id, name, path: name, parent, role: 'other', ...more };
}

function of(list: Mailbox[]): Mailboxes {
  const mailboxes = new Mailboxes();
  mailboxes.list = list;
  return mailboxes;
}

describe('Mailboxes', () => {
  it('puts the user’s order before roles, and these before names, with numbers as numbers', () => {
    const all = [
      folder(1, 'b10', null),
      folder(2, 'b9', null),
      folder(3, 'Sent', null, { role: 'sent' }),
      folder(4, 'z', null, { place: 1 }),
    ];
    expect(
      of(all)
        .tree(1)
        .map(({ mailbox }) => mailbox.id),
    ).toEqual([4, 3, 2, 1]);
  });

  it('knows what is below a folder, and survives a circle', () => {
    const all = [folder(1, 'a', null), folder(2, 'b', 1), folder(3, 'c', 2), folder(4, 'd', null)];
    const [a] = all;
    if (!a) throw new Error('a');
    expect(
      of(all)
        .below(a)
        .map(({ id }) => id),
    ).toEqual([2, 3]);
    const circle = [folder(1, 'a', 2), folder(2, 'b', 1)];
    const [one] = circle;
    if (!one) throw new Error('one');
    expect(
      of(circle)
        .below(one)
        .map(({ id }) => id),
    ).toEqual([2]);
  });

  it('draws a thousand folders twenty deep as one tree', () => {
    const deep = Array.from({ length: 20 }, (_, level) => folder(level + 1, `L${level}`, level === 0 ? null : level));
    const flat = Array.from({ length: 980 }, (_, at) => folder(100 + at, `F${at}`, null));
    const tree = of([...deep, ...flat]).tree(1);
    let depth = 0;
    for (let [branch] = tree.filter(({ mailbox }) => mailbox.id === 1); branch; [branch] = branch.children) depth += 1;
    expect([tree.length, depth]).toEqual([981, 20]);
  });
});

describe('Actions', () => {
  const question = { code: 'needsFolder' as const, message: '', detail: 'archive:1' };
  const target = { kind: 'messages' as const, messages: [7] };

  it('asks which folder is the archive, and goes on with the answer', async () => {
    const engine = new FakeEngine();
    const store = new Store(engine);
    let known = false;
    engine.handlers['messages.archive'] = () => {
      if (!known) throw new EngineError(question);
      return { operation: 1, action: 'archive', count: 1, folder: 'Kept' };
    };
    const done = store.actions.remove('archive', target);
    await new Promise((resolve) => setTimeout(resolve));
    expect(store.screen.folderQuestion).toEqual({ account: 1, role: 'archive' });
    known = true;
    store.screen.answerFolder(true);
    await done;
    expect(store.undo.line?.text).toBe('Archived');
  });

  it('does nothing when the question is left', async () => {
    const engine = new FakeEngine();
    const store = new Store(engine);
    engine.handlers['messages.archive'] = () => {
      throw new EngineError(question);
    };
    const done = store.actions.remove('archive', target);
    await new Promise((resolve) => setTimeout(resolve));
    store.screen.answerFolder(false);
    await done;
    expect([store.undo.line, store.screen.folderQuestion]).toEqual([null, null]);
  });

  it('moves a folder up among its siblings', async () => {
    const engine = new FakeEngine();
    const store = new Store(engine);
    const all = [folder(1, 'a', null), folder(2, 'b', null), folder(3, 'c', null)];
    store.mailboxes.list = all;
    const [, , c] = all;
    if (c) await store.actions.shift(c, -1);
    expect(engine.calls.at(-1)?.params).toEqual({ ids: [1, 3, 2], byName: false });
  });
});
