/** A draft on screen: every word reaches the engine, in order, and nothing is sent unsaved. */
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { Composing } from '@/feature/composer/composing.svelte';
import { EngineError } from '@/ipc/engine';
import type { Draft, SaveDraft } from '@/ipc/generated';
import { FakeEngine } from '../fake';

const DRAFT: Draft = {
  id: 7,
  revision: 1,
  account: 1,
  from: { name: 'Yue Lin', email: 'yue@harbour.example' },
  identity: 10,
  to: [{ name: 'Ann', email: 'ann@example.org' }],
  cc: [],
  bcc: [],
  subject: 'Lunch',
  html: '',
  text: '',
  plain: true,
  purpose: 'new',
  original: null,
  includeOriginal: false,
  quoteFirst: false,
  signatureLast: false,
  originalUrl: '',
  attribution: '',
  attachments: [],
  savedAt: 0,
  sizeLimit: null,
  encodedSize: 0,
  server: { kind: 'none' },
  copyMessage: null,
  wishes: { report: false, receipt: false },
  diverged: false,
  followUp: null,
};

let engine: FakeEngine;
let revision: number;

beforeEach(() => {
  vi.useFakeTimers();
  revision = 1;
  engine = new FakeEngine();
  engine.handlers['drafts.save'] = () => ({ revision: ++revision, savedAt: 1_000 * revision });
  engine.handlers['drafts.leave'] = () => ({});
});
afterEach(() => void vi.useRealTimers());

const saves = () => engine.calls.filter((call) => call.method === 'drafts.save').map((call) => call.params);

describe('a draft on screen', () => {
  it('is not saved without a recipient who is still being read', async () => {
    const composing = new Composing(engine, DRAFT);
    let add = (): void => undefined;
    void composing.reads(
      new Promise((done) => {
        add = () => {
          composing.chips = {
            ...composing.chips,
            cc: [{ address: { name: '', email: 'bob@example.org' }, valid: true }],
          };
          done();
        };
      }),
    );
    composing.touch();
    const saved = composing.save();
    await Promise.resolve();
    expect(saves()).toEqual([]);
    add();
    await saved;
    expect(saves()).toMatchObject([{ cc: [{ email: 'bob@example.org' }] }]);
  });

  it('copies its sender blindly when that is asked for, once, and not when it is taken back', async () => {
    const composing = new Composing(engine, DRAFT);
    composing.toggleCopySelf();
    expect(composing.copiesSelf).toBe(true);
    await composing.save();
    composing.toggleCopySelf();
    expect(composing.copiesSelf).toBe(false);
    await composing.save();
    expect(saves()).toMatchObject([{ bcc: [{ email: 'yue@harbour.example' }] }, { bcc: [] }]);
  });

  it('is saved soon after something was typed, once for many keys', async () => {
    const composing = new Composing(engine, DRAFT);
    for (const text of ['H', 'He', 'Hello']) {
      composing.text = text;
      composing.touch();
    }
    expect(saves()).toEqual([]);
    await vi.advanceTimersByTimeAsync(2_000);
    expect(saves()).toMatchObject([{ id: 7, revision: 1, text: 'Hello' }]);
    composing.subject = 'Dinner';
    composing.touch();
    await composing.save();
    expect(saves().at(-1)).toMatchObject({ revision: 2, subject: 'Dinner' });
  });

  it('is saved while somebody types on and on, so that a crash takes less than two seconds of it', async () => {
    const composing = new Composing(engine, DRAFT);
    let saved = 0;
    for (let at = 0; at < 60_000; at += 100) {
      composing.text += 'x';
      composing.touch();
      await vi.advanceTimersByTimeAsync(100);
      saved = (saves().at(-1) as SaveDraft | undefined)?.text.length ?? 0;
      // One letter every 100 ms: what is not saved is the time that is lost.
      expect((composing.text.length - saved) * 100).toBeLessThan(2_000);
    }
    expect(saved).toBeGreaterThan(500);
  });

  it('saves what stands in a recipient field and is no chip yet', async () => {
    const composing = new Composing(engine, DRAFT);
    composing.typed.to = 'bob@exam';
    composing.touch();
    await composing.save();
    expect(saves().at(-1)).toMatchObject({ to: [{ email: 'ann@example.org' }, { email: 'bob@exam' }] });
  });

  it('tries again what could not be saved, and is not sent meanwhile', async () => {
    const composing = new Composing(engine, DRAFT);
    engine.handlers['drafts.save'] = () => {
      throw new EngineError({ code: 'diskFull', message: 'The disk is full', detail: '' });
    };
    composing.touch();
    await expect(composing.send(10)).rejects.toThrow('The disk is full');
    expect(engine.calls.some((call) => call.method === 'drafts.send')).toBe(false);
    expect(composing.failure?.code).toBe('diskFull');
    engine.handlers['drafts.save'] = () => ({ revision: 2, savedAt: 5_000 });
    await vi.advanceTimersByTimeAsync(2_000);
    expect(composing.failure).toBeNull();
    expect(composing.savedAt).toBe(5_000);
  });

  it('is thrown away on closing when nobody wrote anything', async () => {
    const composing = new Composing(engine, { ...DRAFT, to: [], subject: '' });
    engine.handlers['drafts.discard'] = () => ({});
    await composing.close();
    expect(engine.calls.map((call) => call.method)).toEqual(['drafts.discard']);
  });

  it('leaves nothing behind when it was begun just now and nobody touched it', async () => {
    engine.handlers['drafts.discard'] = () => ({});
    expect(await new Composing(engine, { ...DRAFT, original: 3 }, true).close()).toBe(false);
    expect(engine.calls.map((call) => call.method)).toEqual(['drafts.discard']);
  });

  it('is kept when it was touched, or was there before', async () => {
    const touched = new Composing(engine, DRAFT, true);
    touched.subject = 'Dinner';
    touched.touch();
    expect(await touched.close()).toBe(true);
    expect(await new Composing(engine, DRAFT).close()).toBe(true);
    expect(engine.calls.map((call) => call.method)).toEqual(['drafts.save', 'drafts.leave', 'drafts.leave']);
  });

  it('lets a message of the Drafts folder be when nobody changed it', async () => {
    expect(await new Composing(engine, { ...DRAFT, copyMessage: 9 }, true).close()).toBe(false);
    expect(engine.calls.map((call) => call.method)).toEqual(['drafts.leave']);
  });

  it('goes back to an earlier version as a whole', async () => {
    const composing = new Composing(engine, DRAFT);
    composing.text = 'Newer';
    composing.touch();
    engine.handlers['drafts.restore'] = () => ({ ...DRAFT, revision: 5, text: 'Older', subject: 'Before', to: [] });
    await composing.restore(3);
    expect(engine.calls.map((call) => call.method)).toEqual(['drafts.save', 'drafts.restore']);
    expect(engine.calls.at(-1)?.params).toEqual({ draft: 7, revision: 2, version: 3 });
    expect([composing.text, composing.subject, composing.chips.to, composing.epoch]).toEqual([
      'Older',
      'Before',
      [],
      1,
    ]);
    composing.touch();
    await composing.save();
    expect(saves().at(-1)).toMatchObject({ revision: 5, text: 'Older' });
  });

  it('goes on being saved when it could not be thrown away', async () => {
    const composing = new Composing(engine, DRAFT);
    engine.handlers['drafts.discard'] = () => {
      throw new EngineError({ code: 'diskFull', message: 'The disk is full', detail: '' });
    };
    await expect(composing.discard()).rejects.toThrow('The disk is full');
    composing.text = 'Still here';
    composing.touch();
    await composing.save();
    expect(saves().at(-1)).toMatchObject({ text: 'Still here' });
  });
});
