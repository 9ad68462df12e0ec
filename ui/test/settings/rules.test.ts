/** The rules before download: in words and in their order, added and changed by keys, and tried before they delete. */
import { cleanup, render, screen, waitFor, within } from '@testing-library/svelte';
import { userEvent } from '@testing-library/user-event';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import App from '@/app/App.svelte';
import type { DropRule } from '@/ipc/generated';
import { setLocale } from '@/text/text.svelte';
import { FakeEngine } from '../fake';
import { RULES } from '../maildrop';

const user = userEvent.setup();
let engine: FakeEngine;
const saved = () => engine.calls.filter((call) => call.method === 'maildrops.setRules').map((call) => call.params);

beforeEach(() => {
  setLocale('en');
  engine = new FakeEngine(20);
});
afterEach(cleanup);

async function open(rules: DropRule[] = RULES): Promise<HTMLElement> {
  engine.rules = rules;
  render(App, { engine });
  await screen.findByRole('grid');
  await user.keyboard('{Control>}k{/Control}');
  await user.type(await screen.findByRole('combobox', { name: 'Type a command' }), 'settings{Enter}');
  const sections = await screen.findByRole('navigation', { name: 'Sections' });
  await user.click(within(sections).getByText('家用邮箱'));
  return await screen.findByRole('list', { name: 'Rules in their order' });
}

const lines = (list: HTMLElement) =>
  within(list)
    .getAllByRole('listitem')
    .map((item) => item.querySelector('div')?.textContent.replace(/\s+/gu, ' ').trim());

const switches = (list: HTMLElement) =>
  within(list)
    .getAllByRole<HTMLInputElement>('switch')
    .map((one) => one.checked);

describe('the rules of a maildrop', () => {
  it('are sentences in their order', async () => {
    const list = await open();
    await waitFor(() => expect(lines(list)).toHaveLength(4));
    expect(lines(list)[1]).toContain('From newsletter.example');
    expect(lines(list)[1]).toContain('Delete it on the server');
    expect(switches(list)).toEqual([true, true, true, false]);
    await user.click(within(list).getByRole('button', { name: 'Move “Larger than 5.0 MB” up' }));
    await waitFor(() => expect(saved()).toEqual([{ account: 3, rules: [0, 2, 1, 3].map((at) => RULES[at]) }]));
  });

  it('say that there is none, and are added by keys alone', async () => {
    await open([]);
    await screen.findByText('There is no rule: everything new is downloaded.');
    screen.getByRole('button', { name: 'Add a rule' }).focus();
    await user.keyboard('{Enter}');
    const dialog = await screen.findByRole('dialog', { name: 'New rule' });
    const save = within(dialog).getByRole('button', { name: 'Save' });
    expect(save).toHaveProperty('disabled', true);
    await user.type(within(dialog).getByRole('textbox', { name: 'Address or domain' }), ' b.example {Enter}');
    await waitFor(() =>
      expect(saved()).toEqual([
        { account: 3, rules: [{ on: true, condition: 'sender', number: 0, words: 'b.example', action: 'head' }] },
      ]),
    );
  });

  it('show what they would do before one that deletes is saved', async () => {
    const rule: DropRule = { on: false, condition: 'older', number: 400, words: '', action: 'remove' };
    const list = await open([rule]);
    await user.click(await within(list).findByRole('switch'));
    const dialog = await screen.findByRole('dialog', { name: 'What the rules would do now' });
    await within(dialog).findByText(/would be deleted on the server/u);
    expect(saved()).toEqual([]);
    await user.click(within(dialog).getByRole('button', { name: 'Cancel' }));
    await waitFor(() => expect(switches(list)).toEqual([false]));
    expect(saved()).toEqual([]);
    await user.click(within(list).getByRole('switch'));
    const again = await screen.findByRole('dialog', { name: 'What the rules would do now' });
    await within(again).findByText(/would be deleted on the server/u);
    await user.click(within(again).getByRole('button', { name: 'Save this rule' }));
    await waitFor(() => expect(saved()).toEqual([{ account: 3, rules: [{ ...rule, on: true }] }]));
  });

  it('are tried without anything being done, and name what they deleted', async () => {
    await open();
    await user.click(await screen.findByRole('button', { name: 'Try the rules…' }));
    const dialog = await screen.findByRole('dialog', { name: 'What the rules would do now' });
    await within(dialog).findByRole('list', { name: 'Messages and their rules' });
    expect(within(dialog).queryByRole('button', { name: 'Save this rule' })).toBeNull();
    const [, close] = within(dialog).getAllByRole('button', { name: 'Close' });
    await user.click(close ?? dialog);
    await user.click(screen.getByRole('button', { name: 'Show…' }));
    const log = await screen.findByRole('dialog', { name: 'Deleted by rules' });
    within(log).getByText('not confirmed yet');
    expect(within(log).getAllByRole('listitem')).toHaveLength(6);
    expect(saved()).toEqual([]);
    expect(engine.calls.some((call) => call.method === 'maildrops.remove')).toBe(false);
  });
});
