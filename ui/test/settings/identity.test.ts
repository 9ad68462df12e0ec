/** An identity with an outgoing server of its own: chosen, refused in words, saved with the certificate that is trusted. */
import { cleanup, render, screen, waitFor, within } from '@testing-library/svelte';
import { userEvent } from '@testing-library/user-event';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import App from '@/app/App.svelte';
import type { IdentityDraft } from '@/ipc/generated';
import { setLocale } from '@/text/text.svelte';
import { FakeEngine } from '../fake';
import { ACCOUNTS } from '../mail';

const user = userEvent.setup();
let engine: FakeEngine;
const saved = () =>
  engine.calls.filter((call) => call.method === 'identities.save').map((call) => call.params as IdentityDraft);

beforeEach(() => {
  setLocale('en');
  HTMLDialogElement.prototype.showModal ??= function (this: HTMLDialogElement) {
    this.open = true;
  };
  engine = new FakeEngine(20);
  engine.handlers['contacts.parse'] = () => ({ addresses: [] });
});
afterEach(cleanup);

async function edit(email: string): Promise<HTMLElement> {
  render(App, { engine });
  await screen.findByRole('grid');
  await user.keyboard('{Control>}k{/Control}');
  await user.type(await screen.findByRole('combobox', { name: 'Type a command' }), 'settings{Enter}');
  const sections = await screen.findByRole('navigation', { name: 'Sections' });
  await user.click(within(sections).getByText('Harbour Studio'));
  await user.click(await screen.findByRole('button', { name: `Edit ${email}` }));
  return screen.findByRole('dialog', { name: 'Name and address' });
}

describe('the server of an identity', () => {
  it("is the account's unless another one is typed, whose refusal is told where it is typed", async () => {
    const dialog = await edit('press@harbour.example');
    const choice = within(dialog).getByLabelText('Sends through', { selector: 'select' });
    await user.selectOptions(choice, 'A server of its own');
    const host = within(dialog).getByLabelText('Server', { selector: 'input' });
    await user.type(host, 'smtp.press.example');
    await user.selectOptions(within(dialog).getByLabelText('Encryption', { selector: 'select' }), 'STARTTLS');
    await user.type(within(dialog).getByLabelText(/Password for sending/, { selector: 'input' }), 'sesame');

    engine.handlers['identities.save'] = () => ({
      account: null,
      problem: { code: 'certificateIssuer', message: 'unknown issuer', detail: 'smtp.press.example' },
    });
    await user.click(within(dialog).getByRole('button', { name: 'Save' }));
    const server = {
      protocol: 'smtp',
      host: 'smtp.press.example',
      port: 587,
      encryption: 'starttls',
      username: 'press@harbour.example',
    };
    await waitFor(() =>
      expect(saved()[0]).toMatchObject({ password: 'sesame', certificate: null, identity: { server } }),
    );
    expect(within(dialog).getByText('smtp.press.example')).toBeTruthy();
    expect(within(dialog).getByRole('button', { name: /certificate/i })).toBeTruthy();

    const [account] = ACCOUNTS;
    if (!account) throw new Error('the fake has accounts');
    engine.handlers['identities.save'] = () => ({ account, problem: null });
    await user.click(within(dialog).getByRole('button', { name: 'Save' }));
    await waitFor(() => expect(screen.queryByRole('dialog', { name: 'Name and address' })).toBeNull());
    expect(saved()).toHaveLength(2);
  });

  it("is not offered for the account's own name", async () => {
    const dialog = await edit('yue@harbour.example');
    expect(within(dialog).queryByLabelText('Sends through')).toBeNull();
  });
});
