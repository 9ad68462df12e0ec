/** The whole page on a fake engine: what is on screen, and what keys and clicks do. */
import { cleanup, render, screen, waitFor, within } from '@testing-library/svelte';
import userEvent from '@testing-library/user-event';
import { tick } from 'svelte';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import App from '@/app/App.svelte';
import { FakeEngine } from '../fake';
import { DRAFT } from '../mail';

let engine = new FakeEngine();
const user = userEvent.setup();
const methods = () => engine.calls.map((call) => call.method);

beforeEach(() => {
  localStorage.clear();
  HTMLDialogElement.prototype.showModal ??= function (this: HTMLDialogElement) {
    this.open = true;
  };
  engine = new FakeEngine(50);
  engine.body = '';
});
afterEach(cleanup);

async function open(): Promise<HTMLElement> {
  render(App, { engine });
  const grid = await screen.findByRole('grid', { name: 'All inboxes' });
  await within(grid).findByText('Proof 3 for the spring catalogue');
  return grid;
}

describe('the page', () => {
  it('shows accounts, folders and rows', async () => {
    const grid = await open();
    expect(grid.getAttribute('aria-rowcount')).toBe('50');
    expect(screen.getByRole('treeitem', { name: /Catalogue 2027/ })).toBeTruthy();
    expect(screen.getAllByRole('treeitem', { name: /Inbox/ }).length).toBeGreaterThan(2);
    expect(screen.getByText('Choose a message to read it')).toBeTruthy();
    await waitFor(() => expect(engine.paintedRows).toBeGreaterThan(5));
  });

  it('opens what is clicked, and what the keys go to', async () => {
    const grid = await open();
    await user.click(within(grid).getByText('Contract: two small changes'));
    await screen.findByRole('heading', { name: 'Contract: two small changes' });
    await user.keyboard('j');
    await screen.findByRole('heading', { name: 'Your November statement is ready' });
    expect(grid.getAttribute('aria-activedescendant')).toBe('row-3');
  });

  it('archives by key, says so, and takes it back', async () => {
    await open();
    await user.keyboard('je');
    await screen.findByText('Archived');
    expect(methods()).toContain('messages.archive');
    await user.keyboard('z');
    await waitFor(() => expect(methods()).toContain('operations.undo'));
  });

  it('deletes for good only after asking', async () => {
    await open();
    await user.keyboard('j{Shift>}{Delete}{/Shift}');
    const dialog = await screen.findByRole('dialog', { name: /for good/ });
    await user.click(within(dialog).getByRole('button', { name: 'Cancel' }));
    expect(methods()).not.toContain('messages.delete');
    await user.keyboard('{Shift>}{Delete}{/Shift}');
    await user.click(await screen.findByRole('button', { name: 'Delete for good' }));
    await waitFor(() => expect(methods()).toContain('messages.delete'));
  });

  it('marks several and acts on all of them', async () => {
    await open();
    await user.keyboard('jx{Shift>}{ArrowDown}{ArrowDown}{/Shift}');
    await screen.findByText('3 selected');
    await user.keyboard('s');
    await waitFor(() => expect(methods()).toContain('messages.setStarred'));
    const params = engine.calls.find((call) => call.method === 'messages.setStarred')?.params;
    expect(params).toMatchObject({ selection: { kind: 'rows', messages: [1, 2, 3] } });
  });

  it('opens menus that the arrows move in and Enter chooses from', async () => {
    await open();
    await user.click(screen.getByRole('button', { name: 'Order: Date' }));
    const menu = await screen.findByRole('menu');
    expect(within(menu).getAllByRole('menuitemcheckbox')[0]?.getAttribute('aria-checked')).toBe('true');
    await user.keyboard('{ArrowDown}{ArrowDown}{Enter}');
    await waitFor(() => expect(engine.calls.at(-1)?.params).toMatchObject({ sort: 'subject', ascending: true }));
    expect(screen.queryByRole('menu')).toBeNull();
  });

  it('runs commands from the palette', async () => {
    await open();
    await user.keyboard('{Control>}k{/Control}');
    await user.type(await screen.findByRole('combobox', { name: 'Type a command' }), 'sett{Enter}');
    await screen.findByRole('heading', { name: 'Appearance' });
    await user.click(screen.getByRole('radio', { name: /Dark/ }));
    expect(document.documentElement.dataset['theme']).toBe('dark');
    await waitFor(() => expect(engine.settings.theme).toBe('dark'));
  });

  it('keeps drafts within reach, also when nothing else is in Drafts', async () => {
    await open();
    engine.handlers['drafts.list'] = () => [DRAFT];
    engine.handlers['drafts.get'] = () => DRAFT;
    engine.handlers['views.open'] = () => ({
      view: 9,
      version: 1,
      total: 0,
      unread: 0,
      counting: false,
      rows: [],
      search: null,
    });
    engine.emit({ kind: 'draftsChanged', drafts: [DRAFT.id] });
    await user.keyboard('gd');
    await user.click(await screen.findByRole('button', { name: /Half of a thought/ }));
    await waitFor(() => expect(methods()).toContain('drafts.get'));
    expect(await screen.findByDisplayValue('Half of a thought')).toBeTruthy();
  });

  it('speaks Chinese from one moment to the next', async () => {
    await open();
    engine.emit({ kind: 'settingsChanged', settings: { ...engine.settings, language: 'zh-CN' } });
    await screen.findByRole('grid', { name: '全部收件箱' });
    expect(document.documentElement.lang).toBe('zh-CN');
  });

  it('begins with adding an account when there is none', async () => {
    engine.handlers['accounts.list'] = () => [];
    render(App, { engine });
    await screen.findByRole('heading', { name: 'Add your first account' });
    expect(screen.getByRole('textbox', { name: 'Mail address' })).toBeTruthy();
  });

  it('asks once for a password that was refused, with the sentence of the server', async () => {
    await open();
    const account = (await engine.call('accounts.list', {}))[0];
    if (!account) throw new Error('the fake has accounts');
    const problem = { code: 'credentials' as const, message: '', detail: 'NO [AUTHENTICATIONFAILED] wrong' };
    const status = { ...account.status, state: 'needsPassword' as const, passwordFor: 'incoming' as const, problem };
    engine.emit({ kind: 'accountStatusChanged', status });
    const dialog = await screen.findByRole('dialog', { name: /Harbour Studio/ });
    expect(within(dialog).getByText('NO [AUTHENTICATIONFAILED] wrong')).toBeTruthy();
    await user.click(within(dialog).getByRole('button', { name: 'Later' }));
    engine.emit({ kind: 'accountStatusChanged', status: { ...status } });
    await tick();
    expect(screen.queryByRole('dialog')).toBeNull();
  });
});
