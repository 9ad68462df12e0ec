/** Invitations that are answered, and files that are looked at, on the whole page. */
import { cleanup, render, screen, waitFor, within } from '@testing-library/svelte';
import userEvent from '@testing-library/user-event';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import App from '@/app/App.svelte';
import { canPreview } from '@/feature/reader/file';
import type { InvitationChoice, OutboxItem } from '@/ipc/generated';
import { FakeEngine } from '../fake';
import { NOW } from '../mail';
import { file, FILES, INVITATION } from '../reading';

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

async function open(): Promise<void> {
  render(App, { engine });
  const grid = await screen.findByRole('grid', { name: 'All inboxes' });
  await user.click(await within(grid).findByText('Contract: two small changes'));
  await screen.findByRole('heading', { name: 'Contract: two small changes' });
}

/** Presses the card of a file; the button beside it saves. */
async function look(name: RegExp): Promise<void> {
  const [card] = await screen.findAllByRole('button', { name });
  if (card) await user.click(card);
}

const item = { id: 91 } as OutboxItem;
const given = (choice: InvitationChoice) => ({
  ...INVITATION,
  answer: { choice, at: NOW, way: 'waiting' as const, outdated: false },
});

describe('an invitation', () => {
  it('is answered at once, says so, and is taken back', async () => {
    engine.opened = { invitation: INVITATION };
    engine.handlers['invitations.answer'] = ({ choice }) => ({ item, invitation: given(choice) });
    engine.handlers['outbox.discard'] = () => ({});
    await open();
    const answers = await screen.findByRole('group', { name: 'Answer' });
    expect(screen.getByText('every 2 weeks, on Tuesday, 6 times')).toBeTruthy();
    await user.click(screen.getByRole('button', { name: 'Add a note' }));
    await user.type(screen.getByRole('textbox', { name: 'A note for Élise Marchand' }), 'Gladly');
    await user.click(within(answers).getByRole('button', { name: 'Accept' }));
    await screen.findByText('You accepted, the answer is on its way');
    expect(within(answers).getByRole('button', { name: 'Accept' }).getAttribute('aria-pressed')).toBe('true');
    const call = engine.calls.find(({ method }) => method === 'invitations.answer');
    expect(call?.params).toMatchObject({ choice: 'accepted', comment: 'Gladly', undoSeconds: 10 });

    // The engine says that it left; then it is taken back.
    engine.emit({ kind: 'outboxChanged', items: [] });
    await waitFor(() => expect(engine.calls.some(({ method }) => method === 'invitations.read')).toBe(true));
    await user.click(within(answers).getByRole('button', { name: 'Decline' }));
    await screen.findByText('You declined, the answer is on its way');
    await user.click(screen.getByRole('button', { name: /^Undo/ }));
    await waitFor(() => expect(engine.calls.some(({ method }) => method === 'outbox.discard')).toBe(true));
    await waitFor(() => expect(screen.queryByText(/^You declined/)).toBeNull());
  });

  it('of somebody else is told and not answered', async () => {
    engine.opened = { invitation: { ...INVITATION, canAnswer: false, me: null } };
    await open();
    await screen.findByText('None of your addresses is on the list of guests');
    expect(screen.queryByRole('group', { name: 'Answer' })).toBeNull();
  });
});

describe('files', () => {
  it('are looked at one after the other, by keys, with a sentence for what is not shown', async () => {
    engine.opened = { attachments: [...FILES.slice(0, 5), file(9, 'model.md', 'application/octet-stream')] };
    await open();
    await look(/notes/);
    const dialog = await screen.findByRole('dialog', { name: 'Look at notes.txt' });
    await within(dialog).findByText('Only the beginning is shown');
    await user.keyboard('{ArrowRight}');
    await screen.findByText('Files of this kind are not shown here');
    await user.keyboard('{ArrowLeft}{ArrowLeft}');
    const calendar = await screen.findByRole('dialog', { name: 'Look at spring.ics' });
    await within(calendar).findByText('Bring the colour bars.');
    await user.keyboard('{Escape}');
    await waitFor(() => expect(screen.queryByRole('dialog')).toBeNull());
  });

  it('inside a message inside are reached and left again', async () => {
    engine.opened = { attachments: FILES };
    await open();
    await look(/Lease 2026/);
    await screen.findByRole('heading', { name: 'Lease 2026' });
    await look(/terms/);
    await screen.findByRole('dialog', { name: 'Look at terms.txt' });
    const last = engine.calls.findLast(({ method }) => method === 'attachments.preview');
    expect(last?.params).toMatchObject({ part: 2, inside: [2] });
    await user.click(screen.getByRole('button', { name: 'Back to the message' }));
    await screen.findByRole('heading', { name: 'Lease 2026' });
  });

  it('that are cards are shown with the message', async () => {
    engine.opened = { attachments: FILES };
    await open();
    const card = await screen.findByRole('region', { name: 'Contact card of Élise Marchand' });
    expect(within(card).getByText('+33 6 12 34 56 78')).toBeTruthy();
  });

  it('are opened elsewhere where nothing would be seen', () => {
    expect(canPreview(file(1, 'a.csv', 'application/vnd.ms-excel'))).toBe(true);
    expect(canPreview(file(1, 'a.docx', 'application/msword'))).toBe(false);
    expect(canPreview(file(1, 'a.svg', 'image/svg+xml'))).toBe(false);
    expect(canPreview({ ...file(1, 'a.txt', 'text/plain'), dangerous: true })).toBe(false);
  });
});
