/** The address book on a fake engine: people are kept from mail, changed, removed and brought back; a group becomes its members. */
import { cleanup, render, screen, waitFor, within } from '@testing-library/svelte';
import userEvent from '@testing-library/user-event';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import App from '@/app/App.svelte';
import { commands } from '@/command/registry.svelte';
import { joined, nobody } from '@/state/people.svelte';
import { FakeEngine } from '../fake';
import { DRAFT } from '../mail';

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

async function openPage(): Promise<void> {
  render(App, { engine });
  await screen.findByRole('grid', { name: 'All inboxes' });
  commands.run('app.people');
  await screen.findByRole('heading', { name: 'Contacts', level: 1 });
}

describe('the address book', () => {
  it('shows people and groups, and finds them', async () => {
    await openPage();
    await screen.findByText('Kiran Rao');
    expect(screen.getByText('3 addresses', { exact: false })).toBeTruthy();
    await user.type(screen.getByRole('searchbox', { name: 'Search contacts' }), 'élise');
    await waitFor(() => expect(screen.queryByText('Kiran Rao')).toBeNull());
    await user.clear(screen.getByRole('searchbox'));
    await user.type(screen.getByRole('searchbox'), 'nobody at all');
    await screen.findByText('Nobody is called so here.');
  });

  it('says what it is for while it is empty', async () => {
    engine.people.list = [];
    engine.people.groups = [];
    await openPage();
    await screen.findByText(/No contacts yet/);
    expect(screen.getByRole<HTMLButtonElement>('button', { name: 'Export…' }).disabled).toBe(true);
  });

  it('removes somebody and brings them back', async () => {
    await openPage();
    await user.click(await screen.findByRole('button', { name: 'Remove Kiran Rao' }));
    await screen.findByText('Kiran Rao was removed');
    await waitFor(() => expect(screen.queryByRole('button', { name: 'Edit Kiran Rao' })).toBeNull());
    await user.click(screen.getByRole('button', { name: /Undo/ }));
    await screen.findByRole('button', { name: 'Edit Kiran Rao' });
    expect(engine.people.list.find((one) => one.name === 'Kiran Rao')?.emails.length).toBe(2);
  });

  it('changes somebody and keeps what has no field', async () => {
    await openPage();
    await user.click(await screen.findByRole('button', { name: 'Edit Élise Marchand' }));
    const dialog = screen.getByRole('dialog', { name: 'Edit contact' });
    await user.click(within(dialog).getByRole('button', { name: 'Add an address' }));
    await user.keyboard('elise@home.example');
    await user.click(within(dialog).getByRole('button', { name: 'Save' }));
    await waitFor(() => expect(screen.queryByRole('dialog')).toBeNull());
    const kept = engine.people.list.find((one) => one.id === 1);
    expect(kept?.emails.map((one) => one.value)).toEqual(['elise@papier-fils.example', 'elise@home.example']);
    expect(kept?.addresses[0]?.value).toBe('12 rue du Port\n69002 Lyon');
  });

  it('makes a group of what is typed, and refuses a name that is taken', async () => {
    engine.handlers['contacts.complete'] = () => [];
    engine.handlers['contacts.parse'] = ({ text }) => ({
      addresses: [{ address: { name: '', email: text }, valid: text.includes('@') }],
    });
    await openPage();
    await user.click(await screen.findByRole('button', { name: 'New group' }));
    const dialog = screen.getByRole('dialog', { name: 'New group' });
    await user.type(within(dialog).getByRole('textbox', { name: 'Name of the group' }), '目录校对 proofreaders');
    await user.type(within(dialog).getByRole('combobox'), 'a@b.example;c@d.example');
    await user.click(within(dialog).getByRole('button', { name: 'Save' }));
    await within(dialog).findByText(/There is a group/);
    await user.clear(within(dialog).getByRole('textbox', { name: 'Name of the group' }));
    await user.type(within(dialog).getByRole('textbox', { name: 'Name of the group' }), 'Press');
    await user.click(within(dialog).getByRole('button', { name: 'Save' }));
    await screen.findByText('Press');
    const made = engine.people.groups.find((one) => one.name === 'Press');
    expect(made?.members.map((one) => one.email)).toEqual(['a@b.example', 'c@d.example']);
  });

  it('writes to a group with the names of its members', async () => {
    engine.handlers['drafts.create'] = () => ({ ...DRAFT, id: 6, to: [], cc: [], bcc: [], original: null });
    await openPage();
    await user.click(await screen.findByRole('button', { name: 'Write to 目录校对 Proofreaders' }));
    const members = engine.people.groups[0]?.members;
    await waitFor(() =>
      expect(engine.calls.find((call) => call.method === 'drafts.create')?.params).toEqual({
        kind: 'blank',
        account: null,
        to: members,
      }),
    );
  });

  it('says what a file brought', async () => {
    engine.pickFiles = () => Promise.resolve(['/tmp/book.vcf']);
    await openPage();
    await user.click(screen.getByRole('button', { name: 'Import…' }));
    await screen.findByText(/2 contacts are new.*One card was left out.*nobody@/);
  });
});

describe('a group among the recipients', () => {
  it('becomes its members, each once', async () => {
    engine.handlers['drafts.create'] = () => ({ ...DRAFT, id: 5, to: [], cc: [], bcc: [], original: null });
    engine.handlers['contacts.complete'] = () => [];
    engine.handlers['drafts.save'] = () => ({ revision: 9, savedAt: 1 });
    render(App, { engine });
    await screen.findByRole('grid', { name: 'All inboxes' });
    commands.run('compose.new');
    const field = await screen.findByRole('combobox', { name: 'To' });
    await user.type(field, 'proof');
    const option = await screen.findByRole('option', { name: /Proofreaders/ });
    expect(option.textContent).toContain('3 addresses');
    await user.keyboard('{Enter}');
    await waitFor(() => expect(document.querySelectorAll('[data-drop-field=to] .chip').length).toBe(3));
    expect(screen.getByRole('group', { name: '张伟' })).toBeTruthy();
  });
});

describe('a card that adds to somebody', () => {
  it('changes nothing that is there', () => {
    const there = { ...nobody(), id: 4, name: 'Mia', emails: [{ kind: 'work', value: 'mia@hof.test' }] };
    const card = {
      ...nobody(),
      name: 'M. Lang',
      organization: 'Hof',
      emails: [
        { kind: 'home', value: 'MIA@hof.test' },
        { kind: 'home', value: 'mia@home.test' },
      ],
    };
    expect(joined(there, card)).toEqual({
      ...there,
      organization: 'Hof',
      emails: [...there.emails, { kind: 'home', value: 'mia@home.test' }],
    });
  });
});
