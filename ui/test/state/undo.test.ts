/** The undo bar: what it says, how deep it goes. */
import { describe, expect, it, vi } from 'vitest';
import { UndoBar } from '@/state/undo.svelte';
import { EngineError } from '@/ipc/engine';
import { setLocale, t } from '@/text/text.svelte';
import { FakeEngine } from '../fake';

const done = (operation: number | null) => ({ operation, action: 'archive', count: 2, folder: 'Archive' });

describe('UndoBar', () => {
  it('takes back the newest step first', async () => {
    const engine = new FakeEngine();
    const undo = new UndoBar(engine);
    undo.push(done(1));
    undo.push(done(2));
    expect(undo.line?.text).toBe('2 archived');
    await undo.undo();
    await undo.undo();
    expect(engine.calls.map((call) => call.params)).toEqual([{ id: 2 }, { id: 1 }]);
    expect(undo.canUndo).toBe(false);
  });

  it('follows the language while it stands', () => {
    const undo = new UndoBar(new FakeEngine());
    undo.offer(
      () => t('compose-kept'),
      () => t('ask-discard-action'),
      1_000,
      () => Promise.resolve(),
    );
    expect(undo.line?.text).toBe('Draft saved');
    setLocale('zh-CN');
    expect([undo.line?.text, undo.line?.action]).toEqual([t('compose-kept'), t('ask-discard-action')]);
    expect(undo.line?.text).toBe('草稿已保存');
    setLocale('en');
    undo.dismiss();
  });

  it('shows its key beside what the key takes back, and beside nothing else', () => {
    const undo = new UndoBar(new FakeEngine());
    undo.push(done(1));
    expect(undo.line?.undoes).toBe(true);
    undo.offer('A signature was removed', 'Undo', 10_000, () => Promise.resolve());
    expect([undo.line?.action, undo.line?.undoes]).toEqual(['Undo', undefined]);
    undo.dismiss();
  });

  it('remembers twenty steps', async () => {
    const engine = new FakeEngine();
    const undo = new UndoBar(engine);
    for (let operation = 1; operation <= 25; operation += 1) undo.push(done(operation));
    while (undo.canUndo) await undo.undo();
    expect(engine.calls).toHaveLength(20);
  });

  it('offers nothing for what cannot be taken back, and says nothing when nothing was done', () => {
    const undo = new UndoBar(new FakeEngine());
    undo.push({ ...done(null), count: 0 });
    expect(undo.line).toBeNull();
    undo.push(done(null));
    expect(undo.line?.action).toBe('');
    expect(undo.canUndo).toBe(false);
  });

  it('takes an offer back when what it is about has changed, and no other line', () => {
    const undo = new UndoBar(new FakeEngine());
    undo.offer('Draft saved', 'Discard', 10_000, () => Promise.resolve(), 'draft:7');
    undo.withdraw('draft:8');
    expect(undo.line?.text).toBe('Draft saved');
    undo.withdraw('draft:7');
    expect(undo.line).toBeNull();
    undo.say('2 archived');
    undo.withdraw('draft:7');
    expect(undo.line?.text).toBe('2 archived');
  });

  it('forgets a step that the server refused, and says why', () => {
    const undo = new UndoBar(new FakeEngine());
    undo.push(done(9));
    const error = { code: 'overQuota' as const, message: '', detail: 'NO [OVERQUOTA] full' };
    undo.hear({ kind: 'operationRefused', operation: 9, action: 'move', count: 1, error });
    expect(undo.canUndo).toBe(false);
    expect(undo.line).toMatchObject({ failed: true, text: 'The mailbox is full', detail: 'NO [OVERQUOTA] full' });
  });

  it('goes away by itself, and keeps quiet about what the user cancelled', () => {
    vi.useFakeTimers();
    const undo = new UndoBar(new FakeEngine());
    undo.say('Saved');
    vi.advanceTimersByTime(10_001);
    expect(undo.line).toBeNull();
    undo.fail(new EngineError({ code: 'cancelled', message: '', detail: '' }));
    expect(undo.line).toBeNull();
    vi.useRealTimers();
  });

  it('offers to delete for good what found no room in the trash', async () => {
    const undo = new UndoBar(new FakeEngine());
    const asked: [number, number][] = [];
    undo.instead = (operation, count) => void asked.push([operation, count]);
    const error = { code: 'overQuota' as const, message: '', detail: 'Quota exceeded' };
    undo.hear({ kind: 'operationRefused', operation: 9, action: 'trash', count: 3, error });
    expect(undo.line).toMatchObject({ failed: true, detail: 'Quota exceeded' });
    await undo.line?.run();
    expect(asked).toEqual([[9, 3]]);
  });
});
