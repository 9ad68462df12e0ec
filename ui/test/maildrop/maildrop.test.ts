/** The maildrop browser: reached from palette and sidebar, ordered, filtered, marked by keys, and asked before it deletes. */
import { cleanup, render, screen, waitFor, within } from '@testing-library/svelte';
import { userEvent } from '@testing-library/user-event';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import App from '@/app/App.svelte';
import { arranged, Drop, proposal, total } from '@/state/maildrop.svelte';
import { setLocale } from '@/text/text.svelte';
import { FakeEngine } from '../fake';
import { dropOf } from '../maildrop';

const user = userEvent.setup();
let engine: FakeEngine;
const methods = () => engine.calls.map((call) => call.method);
const last = (method: string) => engine.calls.filter((call) => call.method === method).at(-1)?.params;

beforeEach(() => {
  setLocale('en');
  engine = new FakeEngine(20);
});
afterEach(cleanup);

async function open(): Promise<void> {
  render(App, { engine });
  await screen.findByRole('grid');
  await user.keyboard('{Control>}k{/Control}');
  await user.type(await screen.findByRole('combobox', { name: 'Type a command' }), 'mail on the server{Enter}');
  await screen.findByRole('heading', { name: 'Mail on the server' });
  await screen.findByText('312 of 312 shown');
}

function dropWith(count: number): Drop {
  engine.handlers['maildrops.read'] = ({ after }) =>
    after === 0 ? dropOf(count) : new Promise<never>(() => undefined);
  return new Drop(engine, 3);
}

describe('rows of a maildrop', () => {
  const { rows } = dropOf(312);

  it('are ordered and filtered', () => {
    const large = arranged(rows, '', 'all', 'size', false);
    expect(large.map((row) => row.size)).toEqual([...large.map((row) => row.size)].sort((a, b) => b - a));
    const oldest = arranged(rows, '', 'all', 'at', true).filter((row) => row.at !== null);
    expect(oldest[0]?.number).toBe(1);
    expect(arranged(rows, '', 'missing', 'at', false).every((row) => row.here !== 'whole')).toBe(true);
    expect(arranged(rows, '', 'leaving', 'at', false).every((row) => ['next', 'later'].includes(row.fate))).toBe(true);
    expect(arranged(rows, 'no such words', 'all', 'at', false)).toEqual([]);
  });

  it('are proposed for removal only where they are whole here and not kept', () => {
    for (const by of ['size', 'at'] as const) {
      const found = proposal(rows, 50_000_000, by);
      expect(found.every((row) => row.here === 'whole' && row.fate !== 'kept')).toBe(true);
      expect(total(found)).toBeGreaterThanOrEqual(50_000_000);
      expect(total(found.slice(0, -1))).toBeLessThan(50_000_000);
    }
    expect(proposal(rows, 0, 'size')).toEqual([]);
  });

  it('are marked by press, Shift and Ctrl, and forget marks of what went', async () => {
    const drop = dropWith(50);
    const close = drop.open();
    await waitFor(() => expect(drop.rows.size).toBe(50));
    drop.press(3, { extend: false, toggle: false });
    drop.press(6, { extend: true, toggle: false });
    expect(drop.marked.size).toBe(4);
    drop.press(4, { extend: false, toggle: true });
    expect(drop.chosen.map((row) => row.uidl).sort()).toEqual(['u3', 'u5', 'u6']);
    drop.markAll(true);
    expect(drop.marked.size).toBe(50);
    close();
  });
});

describe('the screen', () => {
  it('says that it is empty, in use, or failed', async () => {
    engine.handlers['maildrops.read'] = ({ after }) =>
      after === 0 ? { ...dropOf(0), state: 'waiting' } : new Promise<never>(() => undefined);
    render(App, { engine });
    await screen.findByRole('grid');
    await user.keyboard('{Control>}k{/Control}');
    await user.type(await screen.findByRole('combobox', { name: 'Type a command' }), 'mail on the server{Enter}');
    await screen.findByRole('heading', { name: 'In use by another computer' });
    await user.click(screen.getByRole('button', { name: 'Stop' }));
    expect(methods()).toContain('maildrops.stop');
  });

  it('asks in numbers before it deletes', async () => {
    await open();
    expect(methods()).toContain('maildrops.look');
    await user.click(screen.getByRole('checkbox', { name: 'Select all' }));
    await user.click(screen.getByRole('button', { name: 'Delete on server…' }));
    const dialog = await screen.findByRole('dialog', { name: /^Delete \d+ messages on the server\?$/ });
    expect(dialog.textContent).toMatch(/are not whole on this computer and will be lost/);
    expect(dialog.textContent).toMatch(/are kept for ever and stay/);
    expect(methods()).not.toContain('maildrops.remove');
    await user.click(within(dialog).getByRole('button', { name: /^Delete \d+ messages$/ }));
    await waitFor(() => expect(methods()).toContain('maildrops.remove'));
    expect(last('maildrops.remove')).toMatchObject({ account: 3 });
  });

  it('frees room only after it showed what goes', async () => {
    await open();
    await user.click(screen.getByRole('button', { name: 'Free room…' }));
    const dialog = await screen.findByRole('dialog', { name: 'Free room…' });
    expect(within(dialog).getAllByRole('listitem').length).toBeGreaterThan(0);
    await user.click(within(dialog).getByRole('button', { name: /^Delete \d+ messages?$/ }));
    await waitFor(() => expect(methods()).toContain('maildrops.remove'));
  });
});
