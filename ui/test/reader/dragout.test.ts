/** Files dragged out of the window: what is staged and dragged, and what never is. */
import { cleanup, fireEvent, render, screen, waitFor, within } from '@testing-library/svelte';
import userEvent from '@testing-library/user-event';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import App from '@/app/App.svelte';
import type { Answer, Params } from '@/ipc/engine';
import { FakeEngine } from '../fake';
import { file } from '../reading';

/** An engine in a window that can drag. */
class Desktop extends FakeEngine {
  readonly dragged: string[][] = [];
  /** Lets go of what is dragged. */
  letGo: () => void = () => undefined;
  dragFiles = (paths: readonly string[]): Promise<boolean> => {
    this.dragged.push([...paths]);
    return new Promise((resolve) => (this.letGo = () => resolve(true)));
  };
}

let engine = new Desktop();
const user = userEvent.setup();
const FILES = [
  file(1, 'plan.txt', 'text/plain'),
  file(2, 'noise.dat', 'application/octet-stream'),
  { ...file(3, 'setup.exe', 'application/octet-stream'), dangerous: true },
];

beforeEach(() => {
  localStorage.clear();
  HTMLDialogElement.prototype.showModal ??= function (this: HTMLDialogElement) {
    this.open = true;
  };
  engine = new Desktop(50);
  engine.body = '';
  engine.opened = { attachments: FILES };
  engine.handlers['attachments.stage'] = ({ part }) => ({ paths: [`/staged/${part}`] });
});
afterEach(cleanup);

async function open(): Promise<void> {
  render(App, { engine });
  const grid = await screen.findByRole('grid', { name: 'All inboxes' });
  await user.click(await within(grid).findByText('Contract: two small changes'));
  await screen.findByRole('heading', { name: 'Contract: two small changes' });
}

/** The card of a file, the newest message's where there are several. */
async function card(name: RegExp): Promise<HTMLElement> {
  const found = await screen.findAllByRole('button', { name });
  const cards = found.filter((one) => one.classList.contains('att__open'));
  const last = cards.at(-1);
  if (!last) throw new Error(`no card says ${name}`);
  return last;
}

async function drag(at: HTMLElement, by: number): Promise<void> {
  await fireEvent.mouseDown(at, { button: 0, buttons: 1, clientX: 10, clientY: 10 });
  await fireEvent.mouseMove(window, { buttons: 1, clientX: 10 + by, clientY: 10 });
}

const staged = () => engine.calls.filter(({ method }) => method === 'attachments.stage').length;

describe('a file', () => {
  it('is staged and dragged once the pointer moved, and letting go above the card is no press', async () => {
    await open();
    const plan = await card(/plan/);
    await drag(plan, 6);
    await waitFor(() => expect(engine.dragged).toEqual([['/staged/1']]));
    await fireEvent.click(plan);
    expect(screen.queryByRole('dialog')).toBeNull();
    engine.letGo();
    // The next press is one, also where its beginning was not heard.
    await drag(plan, 6);
    await waitFor(() => expect(engine.dragged).toHaveLength(2));
    engine.letGo();
    await new Promise((resolve) => setTimeout(resolve));
    await fireEvent.click(plan);
    await screen.findByRole('dialog', { name: 'Look at plan.txt' });
  });

  it('is left alone where the pointer hardly moved', async () => {
    await open();
    await drag(await card(/plan/), 3);
    await fireEvent.mouseUp(window);
    await drag(await card(/plan/), 0);
    await fireEvent.mouseUp(window);
    expect(staged()).toBe(0);
  });

  it('that came too late is here the next time, and says so', async () => {
    let arrive: () => void = () => undefined;
    const late = new Promise<void>((resolve) => (arrive = resolve));
    const stage = engine.call.bind(engine);
    engine.call = async <M extends Parameters<typeof stage>[0]>(method: M, params: Params<M>): Promise<Answer<M>> => {
      if (method === 'attachments.stage') await late;
      return stage(method, params);
    };
    await open();
    await drag(await card(/plan/), 9);
    await fireEvent.mouseUp(window);
    arrive();
    await screen.findByText('plan.txt is here now. Drag it again.');
    expect(engine.dragged).toEqual([]);
  });

  it('goes with the others that are chosen', async () => {
    await open();
    const [plan, noise] = [await card(/plan/), await card(/noise/)];
    await fireEvent.click(plan, { ctrlKey: true });
    await fireEvent.click(noise, { ctrlKey: true });
    expect(plan.getAttribute('aria-pressed')).toBe('true');
    await drag(noise, 9);
    await waitFor(() => expect(engine.dragged).toEqual([['/staged/1', '/staged/2']]));
  });

  it('that is a program is dragged only after the question', async () => {
    await open();
    await drag(await card(/setup/), 9);
    const question = await screen.findByRole('dialog', { name: 'Take this program out of the message?' });
    expect(staged()).toBe(0);
    await fireEvent.mouseUp(window);
    await user.click(within(question).getByRole('button', { name: 'Allow dragging it' }));
    await drag(await card(/setup/), 9);
    await waitFor(() => expect(engine.dragged).toEqual([['/staged/3']]));
  });
});
