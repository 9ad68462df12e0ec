/** The line above a search's results about what servers found. */
import { describe, expect, it } from 'vitest';
import { beyondWords } from '@/feature/list/beyond';
import type { Beyond } from '@/ipc/generated';
import { Store } from '@/state/store.svelte';
import { setLocale } from '@/text/text.svelte';
import { FakeEngine } from '../fake';

const BEYOND: Beyond = {
  state: 'searching',
  hosts: ['imap.example.org'],
  found: 0,
  texts: 0,
  cut: false,
  problem: null,
};
const REFUSED = { code: 'refused', message: '', detail: 'Searching is off' } as const;

describe('the search at servers', () => {
  it.each<[string, Partial<Beyond>, RegExp]>([
    ['who is asked', {}, /^Searching also at imap\.example\.org…$/],
    ['what came meanwhile', { found: 2 }, /^Searching also at imap\.example\.org… 2 more found at the server\.$/],
    ['many servers', { hosts: ['a', 'b', 'c'] }, /^Searching also at 3 servers…$/],
    ['what was found', { state: 'done', found: 3 }, /^3 more found at the server\.$/],
    ['that nothing was', { state: 'done' }, /^Nothing more found at the server\.$/],
    [
      'that there is more',
      { state: 'done', found: 1000, cut: true },
      /^1,000 more found at the server\. Only the newest/,
    ],
    ['why not', { state: 'done', problem: REFUSED }, /^The server could not search: Searching is off$/],
    [
      'what one found and another refused',
      { state: 'done', found: 1, problem: REFUSED },
      /^1 more .* could not search/,
    ],
    ['what was fetched', { state: 'done', texts: 4 }, /^The server does not know these letters; 4 texts/],
    ['that it is offline', { state: 'offline' }, /^Only what is on this computer was searched\.$/],
  ])('says %s', (_, change, wanted) => {
    expect(beyondWords({ ...BEYOND, ...change })).toMatch(wanted);
  });

  it('says it in Chinese', () => {
    setLocale('zh-CN');
    try {
      expect(beyondWords(BEYOND)).toBe('正在 imap.example.org 上继续搜索…');
      expect(beyondWords({ ...BEYOND, state: 'offline' })).toBe('仅搜索了这台电脑上的邮件。');
    } finally {
      setLocale('en');
    }
  });

  it('follows the list that it belongs to', async () => {
    const engine = new FakeEngine();
    const store = new Store(engine);
    await store.start();
    await store.list.open({ kind: 'search', text: 'proof', mailbox: null, account: null });
    const view = store.list.view ?? 0;
    engine.emit({ kind: 'beyondChanged', view: view + 1, beyond: BEYOND });
    expect(store.list.beyond).toBeNull();
    engine.emit({ kind: 'beyondChanged', view, beyond: BEYOND });
    expect(store.list.beyond?.state).toBe('searching');
    await store.list.open({ kind: 'search', text: 'proof 3', mailbox: null, account: null });
    expect(store.list.beyond).toBeNull();
    store.stop();
  });
});
