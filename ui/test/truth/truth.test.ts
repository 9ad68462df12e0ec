/** The ledger and the console: reached from everywhere, proved, stopped, filtered, paused, and a prompt. */
import { cleanup, render, screen, waitFor, within } from '@testing-library/svelte';
import { userEvent } from '@testing-library/user-event';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import App from '@/app/App.svelte';
import { filtered } from '@/state/console.svelte';
import { standing } from '@/state/ledger.svelte';
import { setLocale } from '@/text/text.svelte';
import { FakeEngine } from '../fake';
import { ledgerOf, TRANSCRIPT } from '../ledger';

const user = userEvent.setup();
let engine: FakeEngine;
const methods = () => engine.calls.map((call) => call.method);
const last = (method: string) => engine.calls.filter((call) => call.method === method).at(-1)?.params;

beforeEach(() => {
  setLocale('en');
  engine = new FakeEngine(20);
});
afterEach(cleanup);

async function open(): Promise<HTMLElement> {
  render(App, { engine });
  await screen.findByRole('grid');
  await user.keyboard('{Control>}k{/Control}');
  await user.type(await screen.findByRole('combobox', { name: 'Type a command' }), 'sync ledger{Enter}');
  await screen.findByRole('heading', { name: 'Sync ledger' });
  const [table] = await screen.findAllByRole('table');
  if (!table) throw new Error('no table');
  return table;
}

describe('the ledger', () => {
  it('says how each folder stands', () => {
    const [folder] = ledgerOf(null).folders;
    if (!folder) throw new Error('no folder');
    const even = { ...folder, there: 10, here: 10, proof: null };
    const proof = { account: even.account, mailbox: even.mailbox, done: 1, total: 2, foldersDone: 0, folders: 1 };
    expect(standing(even, undefined)).toBe('equal');
    expect(standing({ ...even, there: 12 }, undefined)).toBe('fetching');
    expect(standing({ ...even, there: 9 }, undefined)).toBe('moreHere');
    expect(standing({ ...even, here: 12, pending: 2 }, undefined)).toBe('equal');
    expect(standing({ ...even, comparedAt: null }, undefined)).toBe('never');
    expect(standing({ ...even, unreadable: [{ uid: 1, sinceAt: 1, reason: '' }] }, undefined)).toBe('unreadable');
    expect(standing(even, proof)).toBe('proving');
  });

  it('proves all folders or one, shows how far it is, and stops', async () => {
    const table = await open();
    await user.click(screen.getByRole('button', { name: 'Prove it' }));
    await waitFor(() => expect(methods()).toContain('ledger.prove'));
    expect(last('ledger.prove')).toMatchObject({ mailbox: null });
    const [one] = within(table).getAllByRole('button', { name: /^Prove / });
    if (!one) throw new Error('no button');
    await user.click(one);
    expect(last('ledger.prove')).toMatchObject({ account: 1 });
    const mailbox = ledgerOf(null).folders[0]?.mailbox ?? 0;
    const progress = { account: 1, mailbox, done: 40, total: 1284, foldersDone: 0, folders: 6 };
    engine.emit({ kind: 'proofChanged', account: 1, progress });
    await screen.findByText('comparing 40 of 1,284');
    await user.click(screen.getByRole('button', { name: 'Stop' }));
    await waitFor(() => expect(last('ledger.cancel')).toEqual({ id: 1 }));
    engine.emit({ kind: 'proofChanged', account: 1, progress: null });
    await screen.findByRole('button', { name: 'Prove it' });
  });

  it('opens a line for everything that is known of a folder', async () => {
    const table = await open();
    const names = within(table).getAllByRole('button', { expanded: false });
    const odd = names[4];
    if (!odd) throw new Error('no line');
    await user.click(odd);
    expect(odd.getAttribute('aria-expanded')).toBe('true');
    await screen.findByText('UID FETCH Server error while fetching messages');
    await screen.findByText('UIDVALIDITY');
  });
});

describe('the console', () => {
  it('is silent until it is opened, and says so when it is closed', async () => {
    await open();
    expect(methods()).not.toContain('console.read');
    await user.click(screen.getByRole('button', { name: 'Open console' }));
    const log = await screen.findByRole('log');
    await within(log).findByText('A0001 AUTHENTICATE PLAIN •••');
    await user.click(screen.getByRole('button', { name: 'Close console' }));
    await waitFor(() => expect(methods()).toContain('console.close'));
  });

  it('filters by connection and by words', async () => {
    await open();
    await user.click(screen.getByRole('button', { name: 'Open console' }));
    const log = await screen.findByRole('log');
    await within(log).findByText('250 2.1.5 Ok');
    await user.click(screen.getByRole('radio', { name: 'IMAP, watching' }));
    expect(within(log).queryByText('250 2.1.5 Ok')).toBeNull();
    await within(log).findByText('+ idling');
    await user.click(screen.getByRole('radio', { name: 'All' }));
    await user.type(screen.getByRole('textbox', { name: 'Filter' }), 'rcpt');
    await waitFor(() => expect(within(log).queryByText('+ idling')).toBeNull());
    expect(filtered(TRANSCRIPT.lines, new Set([1]), 'OK').every((line) => line.connection === 1)).toBe(true);
  });

  it('runs what is typed, and remembers it', async () => {
    await open();
    await user.click(screen.getByRole('button', { name: 'Open console' }));
    const field = await screen.findByRole('textbox', { name: 'Command' });
    await user.type(field, 'NOOP{Enter}');
    await screen.findByText(/OK Status completed/);
    expect(last('console.run')).toEqual({ account: 1, line: 'NOOP' });
    await user.type(field, '{ArrowUp}');
    expect(field).toHaveProperty('value', 'NOOP');
  });
});
