/** Conversations that are split and merged by hand, on the whole page. */
import { cleanup, render, screen, waitFor, within } from '@testing-library/svelte';
import userEvent from '@testing-library/user-event';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import App from '@/app/App.svelte';
import { commands } from '@/command/registry.svelte';
import { FakeEngine } from '../fake';

let engine = new FakeEngine();
const user = userEvent.setup();
const SUBJECT = 'Contract: two small changes';

beforeEach(() => {
  localStorage.clear();
  HTMLDialogElement.prototype.showModal ??= function (this: HTMLDialogElement) {
    this.open = true;
  };
  engine = new FakeEngine(50);
  engine.body = '';
  const done = (action: string, count: number) => ({ operation: 7, action, count, folder: '' });
  engine.handlers = {
    'threads.split': () => done('split', 2),
    'threads.merge': () => done('merge', 2),
    'threads.restore': () => done('rejoin', 1),
    'operations.undo': () => done('split', 2),
  };
});
afterEach(cleanup);

const asked = (method: string) => engine.calls.filter((call) => call.method === method).map(({ params }) => params);

async function open(): Promise<void> {
  render(App, { engine });
  const grid = await screen.findByRole('grid', { name: 'All inboxes' });
  await user.click(await within(grid).findByText(SUBJECT));
  await screen.findByRole('heading', { name: SUBJECT });
}

/** Returns the identifiers of the conversation's messages as the page asked for them. */
async function messages(): Promise<number[]> {
  const message = Number((asked('threads.open').at(0) as { message: number }).message);
  const found = await engine.call('threads.open', { message, single: false });
  return found.messages.map(({ id }) => id);
}

describe('a conversation', () => {
  it('is split from its menu, says so, and is taken back', async () => {
    await open();
    const last = (await messages()).at(-1);
    const menu = screen.getAllByRole('button', { name: 'More' });
    const own = menu.filter((button) => button.closest('.msg'));
    await user.click(own.at(-1) as HTMLElement);
    await user.click(await screen.findByRole('menuitem', { name: /^Split the conversation from here/ }));
    await screen.findByText('2 messages split off');
    expect(asked('threads.split')).toEqual([{ message: last, reach: 'fromHere' }]);
    await user.click(screen.getByRole('button', { name: /^Undo/ }));
    await waitFor(() => expect(asked('operations.undo')).toEqual([{ id: 7 }]));
  });

  it('is split by command at the message that has the focus', async () => {
    await open();
    const ids = await messages();
    expect(ids.length).toBeGreaterThan(1);
    // Its first message cannot take everything along, but can be alone.
    document.querySelector<HTMLElement>(`[data-message="${ids[0]}"] button`)?.focus();
    if (document.activeElement?.closest('[data-message]')) {
      expect(commands.can('message.split')).toBe(false);
      expect(commands.can('message.splitAlone')).toBe(true);
    }
    document.querySelector<HTMLElement>(`[data-message="${ids.at(-1)}"] button`)?.focus();
    expect(commands.can('message.split')).toBe(true);
    commands.run('message.splitAlone');
    await waitFor(() => expect(asked('threads.split')).toEqual([{ message: ids.at(-1), reach: 'message' }]));
  });

  it.each([
    ['split', 'Split off by you', 'Rejoin'],
    ['rest', 'A part of this conversation was split off by you', 'Rejoin'],
    ['merged', 'Merged by you', 'Separate'],
  ] as const)('that was changed (%s) says so, with the way back', async (arranged, words, back) => {
    engine.arranged = arranged;
    await open();
    await screen.findByText(words);
    const first = (await messages())[0];
    await user.click(screen.getByRole('button', { name: back }));
    await waitFor(() => expect(asked('threads.restore')).toEqual([{ id: first }]));
    expect(commands.can('message.restoreConversation')).toBe(true);
  });

  it('that nobody touched says nothing', async () => {
    await open();
    expect(screen.queryByRole('button', { name: 'Rejoin' })).toBeNull();
    expect(commands.can('message.restoreConversation')).toBe(false);
  });

  it('is merged with others that are marked, and the marks go', async () => {
    await open();
    expect(commands.can('message.merge')).toBe(false);
    commands.run('list.select');
    commands.run('list.extendDown');
    await screen.findByText('2 selected');
    expect(commands.can('message.merge')).toBe(true);
    commands.run('message.merge');
    await screen.findByText('2 conversations merged');
    expect(asked('threads.merge')).toHaveLength(1);
    expect(screen.queryByText('2 selected')).toBeNull();
  });
});
