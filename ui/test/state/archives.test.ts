/** Mail in files, room on servers, rights, folders dragged and folders of this computer: what the page makes of them. */
import { describe, expect, it } from 'vitest';
import type { ArchiveJob } from '@/ipc/generated';
import { outcome, percent, underWay } from '@/state/archives.svelte';
import { goalOver, ordered } from '@/state/folder-drag.svelte';
import { Freeing } from '@/state/storage.svelte';
import { Store } from '@/state/store.svelte';
import { may, refusal, rightsWords } from '@/state/rights';
import { FakeEngine } from '../fake';
import { ACCOUNTS, MAILBOXES } from '../mail';

const JOB: ArchiveJob = {
  id: 1,
  exporting: false,
  stage: 'running',
  mailbox: 1,
  done: 50,
  total: 200,
  messages: 12,
  known: 0,
  skipped: 0,
  unreadable: 0,
  troubles: [],
  result: '',
  error: '',
  at: 0,
};

describe('imports and exports', () => {
  it('say how far they are, and in the end what came of them', async () => {
    const engine = new FakeEngine();
    const store = new Store(engine);
    await store.start();
    expect([percent(JOB), percent({ ...JOB, total: 0 })]).toEqual([25, null]);
    expect(underWay(JOB)).toContain('25');
    engine.emit({ kind: 'archiveChanged', job: JOB });
    expect(store.archives.running).toHaveLength(1);
    const over: ArchiveJob = { ...JOB, stage: 'done', messages: 30, known: 2, unreadable: 1 };
    engine.emit({ kind: 'archiveChanged', job: over });
    expect(store.archives.running).toHaveLength(0);
    expect(store.undo.line?.text).toBe(outcome(over));
    for (const part of ['30 messages were imported', '2 were there already', '1 could not be read']) {
      expect(outcome(over)).toContain(part);
    }
    engine.handlers['archives.forget'] = () => ({});
    await store.archives.forget(over);
    expect(store.archives.list).toHaveLength(0);
    store.stop();
  });
});

describe('freeing room', () => {
  it('tries one by one what fails together, and says what stays', async () => {
    const engine = new FakeEngine();
    engine.handlers['messages.move'] = ({ selection }) => {
      const ids = selection.kind === 'messages' ? selection.messages : [];
      if (ids.includes(3)) throw new Error('not here');
      return { operation: 1, action: 'move', count: ids.length, folder: 'Keep' };
    };
    const messages = [1, 2, 3, 4, 5, 6].map((message) => ({
      message,
      mailbox: 1,
      subject: '',
      from: { name: '', email: '' },
      at: 0,
      size: 10,
    }));
    const freeing = new Freeing(engine);
    const gone = await freeing.run(messages, 9);
    expect([...gone].sort()).toEqual([1, 2, 4, 5, 6]);
    expect([freeing.moved, freeing.bytes, freeing.failed, freeing.running]).toEqual([5, 50, 1, false]);
  });
});

describe('folders of others', () => {
  it('say what is not allowed, and why', () => {
    const [first] = MAILBOXES;
    if (!first) throw new Error('no folder');
    const rights = {
      read: true,
      markRead: false,
      flag: false,
      insert: false,
      remove: false,
      create: false,
      deleteFolder: false,
    };
    const shared = { ...first, foreign: true, rights };
    expect([may(first, 'remove'), may(shared, 'remove'), may(undefined, 'insert')]).toEqual([true, false, true]);
    expect([refusal(first, 'insert'), refusal(shared, 'insert')]).toEqual([
      '',
      'You may not add messages to this folder.',
    ]);
    expect([rightsWords(first), rightsWords(shared)]).toEqual(['', 'only read']);
  });
});

describe('a folder that is dragged', () => {
  it('goes between its siblings, or into another folder, and never into itself', async () => {
    const store = new Store(new FakeEngine());
    await store.start();
    const { mailboxes } = store;
    const [moved, other] = mailboxes.list.filter((one) => one.account === 1 && one.role === 'other' && !one.parent);
    const child = mailboxes.list.find((one) => one.parent === moved?.id);
    const foreign = mailboxes.list.find((one) => one.account === 2);
    if (!moved || !other || !child || !foreign) throw new Error('the fake has other folders');
    const over = (target: typeof other, part: number) => goalOver(mailboxes, moved, target, part)?.how ?? null;
    expect([over(other, 0.1), over(other, 0.5), over(other, 0.9)]).toEqual(['before', 'into', 'after']);
    expect([over(moved, 0.5), over(child, 0.5), over(foreign, 0.5)]).toEqual([null, null, null]);
    const ids = ordered(mailboxes, moved, { mailbox: other.id, how: 'after' });
    expect(ids.indexOf(moved.id)).toBe(ids.indexOf(other.id) + 1);
    expect(new Set(ids).size).toBe(mailboxes.siblings(moved).length);
    store.stop();
  });
});

describe('the folders of this computer', () => {
  it('have a name of the page and no server', async () => {
    const [first] = ACCOUNTS;
    if (!first) throw new Error('no account');
    const engine = new FakeEngine();
    const incoming = { ...first.config.incoming, protocol: 'local' as const };
    const local = { ...first, id: 9, config: { ...first.config, label: '', incoming } };
    engine.handlers['accounts.list'] = () => [...ACCOUNTS, local];
    const store = new Store(engine);
    await store.start();
    expect(store.accounts.byId(9)?.config.label).toBe('On this computer');
    expect(store.accounts.servers.map(({ id }) => id)).not.toContain(9);
    store.stop();
  });
});
