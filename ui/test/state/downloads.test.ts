/** Large bodies and attachments on their way: how far they are, stopped and continued. */
import { describe, expect, it } from 'vitest';
import { EngineError } from '@/ipc/engine';
import type { Download } from '@/ipc/generated';
import { percent, soFar } from '@/state/downloads.svelte';
import { Store } from '@/state/store.svelte';
import { FakeEngine } from '../fake';

const DOWNLOAD: Download = { message: 7, section: '2', done: 60_000_000, total: 200_000_000, state: 'running' };

async function started(): Promise<{ engine: FakeEngine; store: Store }> {
  const engine = new FakeEngine();
  const store = new Store(engine);
  await store.start();
  return { engine, store };
}

describe('downloads', () => {
  it('say how far they are in bytes, also where nobody knows how many come', () => {
    expect([percent(DOWNLOAD), percent({ ...DOWNLOAD, total: 0 })]).toEqual([30, null]);
    expect(soFar(DOWNLOAD)).toMatch(/60.* of .*200/);
    expect(soFar({ ...DOWNLOAD, total: 0 })).not.toContain('of');
  });

  it('follow what the engine tells, and are forgotten when nothing came', async () => {
    const { engine, store } = await started();
    engine.emit({ kind: 'downloadChanged', download: DOWNLOAD });
    expect(store.downloads.of(7, '2')?.state).toBe('running');
    expect(store.downloads.of(7, '3')).toBeUndefined();
    engine.emit({ kind: 'downloadChanged', download: { ...DOWNLOAD, state: 'stopped' } });
    expect(store.downloads.of(7, '2')?.done).toBe(60_000_000);
    engine.emit({ kind: 'downloadChanged', download: { ...DOWNLOAD, done: 0, state: 'stopped' } });
    expect(store.downloads.of(7, '2')).toBeUndefined();
    store.stop();
  });

  it('are stopped and continued by their part, and who stopped one is not told so again', async () => {
    const { engine, store } = await started();
    engine.handlers['downloads.begin'] = () => {
      throw new EngineError({ code: 'cancelled', message: '', detail: '' });
    };
    engine.handlers['downloads.cancel'] = () => ({});
    await store.downloads.begin(7, '2');
    await store.downloads.cancel(7, '2');
    const asked = engine.calls.filter(
      (call) => call.method.startsWith('downloads.') && call.method !== 'downloads.list',
    );
    expect(asked.map((call) => [call.method, call.params])).toEqual([
      ['downloads.begin', { message: 7, section: '2' }],
      ['downloads.cancel', { message: 7, section: '2' }],
    ]);
    store.stop();
  });

  it('of a whole message open it when they are done', async () => {
    const { engine, store } = await started();
    await store.reader.open(11, false);
    const id = [...store.reader.unfolded][0] ?? 0;
    await store.reader.load(id);
    const opened = store.reader.opened.get(id);
    if (!opened) throw new Error('nothing was opened');
    store.reader.opened = new Map([[id, { ...opened, frameUrl: '' }]]);
    const before = engine.calls.filter((call) => call.method === 'messages.open').length;
    engine.emit({ kind: 'downloadChanged', download: { ...DOWNLOAD, message: id, section: '', state: 'done' } });
    expect(engine.calls.filter((call) => call.method === 'messages.open')).toHaveLength(before + 1);
    store.stop();
  });
});
