/** A refused password is asked for once, for the server that refused it, with its sentence. */
import { cleanup, render, screen, waitFor, within } from '@testing-library/svelte';
import userEvent from '@testing-library/user-event';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import App from '@/app/App.svelte';
import type { Account, AccountStatus } from '@/ipc/generated';
import { FakeEngine } from '../fake';
import { ACCOUNTS } from '../mail';

let engine = new FakeEngine();
const user = userEvent.setup();

beforeEach(() => {
  localStorage.clear();
  HTMLDialogElement.prototype.showModal ??= function (this: HTMLDialogElement) {
    this.open = true;
  };
  engine = new FakeEngine(50);
  engine.body = '';
});
afterEach(cleanup);

function first(): Account {
  const account = ACCOUNTS[0];
  if (!account) throw new Error('the fake has accounts');
  return account;
}

function tell(patch: Partial<AccountStatus>): void {
  engine.emit({ kind: 'accountStatusChanged', status: { ...first().status, ...patch } });
}

const REFUSED = {
  passwordFor: 'outgoing',
  outgoingProblem: { code: 'credentials', message: 'refused', detail: '535 5.7.8 wrong password' },
} as const;

describe('the password window', () => {
  it('asks for the outgoing password with the words of that server, and gives it to no other', async () => {
    engine.handlers['accounts.setPassword'] = () => ({
      account: first(),
      verification: { incoming: null, outgoing: null },
    });
    render(App, { engine });
    await screen.findByRole('grid', { name: 'All inboxes' });
    tell(REFUSED);
    const dialog = await screen.findByRole('dialog', { name: 'Password for Harbour Studio' });
    expect(within(dialog).getByText('535 5.7.8 wrong password')).toBeTruthy();
    expect(within(dialog).getByText(/Server for sending/).textContent).toContain(first().config.outgoing.host);
    await user.type(within(dialog).getByLabelText(/Password/, { selector: 'input' }), 'new one');
    await user.click(within(dialog).getByRole('button', { name: 'Sign in' }));
    await waitFor(() =>
      expect(engine.calls.find((call) => call.method === 'accounts.setPassword')?.params).toEqual({
        id: first().id,
        incomingPassword: null,
        outgoingPassword: 'new one',
        signIn: null,
      }),
    );
    await waitFor(() => expect(screen.queryByRole('dialog', { name: /Password for/ })).toBeNull());
  });

  it('asks for the password of an identity with a server of its own, and gives it to that server alone', async () => {
    const [main, press] = first().identities;
    if (!main || !press) throw new Error('the fake has identities');
    const server = { ...first().config.outgoing, host: 'smtp.press.example', username: 'press' };
    const own = { ...press, server };
    const account = { ...first(), identities: [main, own] };
    engine.handlers['identities.save'] = () => ({ account, problem: null });
    render(App, { engine });
    await screen.findByRole('grid', { name: 'All inboxes' });
    engine.emit({ kind: 'accountsChanged', accounts: [account, ...ACCOUNTS.slice(1)] });
    tell({ ...REFUSED, outgoingIdentity: own.id });
    const dialog = await screen.findByRole('dialog', { name: `Password for ${own.email}` });
    expect(within(dialog).getByText(/Server for sending/).textContent).toContain('smtp.press.example');
    await user.type(within(dialog).getByLabelText(/Password/, { selector: 'input' }), 'new one');
    await user.click(within(dialog).getByRole('button', { name: 'Sign in' }));
    await waitFor(() =>
      expect(engine.calls.find((call) => call.method === 'identities.save')?.params).toEqual({
        identity: own,
        password: 'new one',
        certificate: null,
      }),
    );
    await waitFor(() => expect(screen.queryByRole('dialog', { name: /Password for/ })).toBeNull());
  });

  it('asks once, and again only after it worked in between', async () => {
    render(App, { engine });
    await screen.findByRole('grid', { name: 'All inboxes' });
    tell(REFUSED);
    await user.click(await screen.findByRole('button', { name: 'Later' }));
    tell({ ...REFUSED, state: 'syncing' });
    tell({ ...REFUSED, sinceAt: 1 });
    await waitFor(() => expect(screen.getAllByText('Password refused for sending').length).toBeGreaterThan(0));
    expect(screen.queryByRole('dialog', { name: /Password for/ })).toBeNull();
    tell({});
    await waitFor(() => expect(screen.queryByText('Password refused for sending')).toBeNull());
    tell(REFUSED);
    await screen.findByRole('dialog', { name: /Password for/ });
  });
});
