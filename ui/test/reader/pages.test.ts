/** Pages of a PDF: where they lie, how large they are drawn, and going through them. */
import { cleanup, fireEvent, render, screen, waitFor, within } from '@testing-library/svelte';
import userEvent from '@testing-library/user-event';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import App from '@/app/App.svelte';
import {
  anchorOf,
  clampPage,
  GAP,
  inView,
  layOut,
  pageRead,
  pixelsOf,
  stepFrom,
  STEPS,
  topOf,
} from '@/feature/reader/pages';
import type { PreviewRefusal } from '@/ipc/generated';
import { FakeEngine } from '../fake';
import { file } from '../reading';

const A4 = { width: 595, height: 842 };
const WIDE = { width: 842, height: 595 };

describe('pages', () => {
  it('fit the window, are not blown up, and lie below one another', () => {
    const layout = layOut([A4, WIDE, A4], 624, 1);
    expect(layout.places.map(({ width, height }) => [width, height])).toEqual([
      [600, 849],
      [600, 424],
      [600, 849],
    ]);
    expect(layout.places.map(({ top }) => top)).toEqual([GAP, 2 * GAP + 849, 3 * GAP + 849 + 424]);
    expect([layout.width, layout.height]).toEqual([624, 4 * GAP + 849 + 424 + 849]);
    expect(layOut([A4], 4000, 1).places[0]?.width).toBe(Math.round(595 * (96 / 72) * 1.25));
    expect(layOut([A4], 624, 2).width).toBe(1200 + 2 * GAP);
  });

  it.each([
    [{ width: 1, height: 14_400 }, 2, 20_000],
    [{ width: 1e9, height: 1 }, 600, 1],
    [{ width: 1, height: 1 }, 2, 2],
  ])('of a size like %o are reachable', (size, width, height) => {
    expect(layOut([size], 624, 1).places[0]).toMatchObject({ width, height });
    expect(layOut([size], 0, 1).places[0]).toMatchObject({ width: 1 });
  });

  it('are few in the window, however many there are', () => {
    const layout = layOut(
      Array.from({ length: 5_000 }, () => A4),
      624,
      1,
    );
    const step = 849 + GAP;
    expect(inView(layout, 0, 700)).toEqual({ start: 0, end: 2 });
    expect(inView(layout, 100 * step, 700)).toEqual({ start: 99, end: 102 });
    expect(inView(layout, layout.height, 700)).toEqual({ start: 4_998, end: 5_000 });
    expect([0, 10 * step, 10 * step + 700, layout.height - 700].map((top) => pageRead(layout, top, 700))).toEqual([
      0, 10, 11, 4_999,
    ]);
  });

  it('stay where they are when they become larger', () => {
    const sizes = Array.from({ length: 9 }, () => A4);
    const [small, large] = [layOut(sizes, 624, 1), layOut(sizes, 624, 2)];
    for (const top of [0, GAP + 300, 5 * (849 + GAP) + GAP]) {
      const anchor = anchorOf(small, top);
      expect(anchorOf(large, topOf(large, anchor)).page).toBe(anchor.page);
      expect(topOf(small, anchor)).toBeCloseTo(top);
    }
    expect(topOf(large, { page: 0, part: -1 })).toBe(0);
  });

  it.each([
    [600, 1, 600],
    [600, 2, 1200],
    [600.4, 1.5, 901],
    [0, 1, 1],
    [9000, 2, 4096],
  ])('shown %d wide at %d pixels to one are drawn %d wide', (width, ratio, expected) => {
    expect(pixelsOf(width, ratio)).toBe(expected);
  });

  it.each([
    [0, 1],
    [-3, 1],
    [7, 5],
    [2.6, 2],
    [Number.NaN, 1],
  ])('of the number %d are the page %d of five', (number, expected) => expect(clampPage(number, 5)).toBe(expected));

  it('become larger and smaller in steps', () => {
    expect([stepFrom(1, 1), stepFrom(1, -1), stepFrom(3, 1), stepFrom(0.5, -1)]).toEqual([1.25, 0.8, 3, 0.5]);
    expect(STEPS).toContain(1);
  });
});

let engine = new FakeEngine();
const user = userEvent.setup();

function answer(preview: object): void {
  const told = { name: 'plan.pdf', contentType: 'application/pdf', size: 4_000, url: '' };
  engine.handlers['attachments.preview'] = () => ({ ...told, preview }) as never;
}

beforeEach(() => {
  localStorage.clear();
  HTMLDialogElement.prototype.showModal ??= function (this: HTMLDialogElement) {
    this.open = true;
  };
  const sized = (side: 'clientWidth' | 'clientHeight', pixels: number) => {
    const all = vi.spyOn(HTMLElement.prototype, side, 'get');
    all.mockImplementation(function (this: HTMLElement) {
      return this.classList.contains('pages__scroll') ? pixels : 0;
    });
  };
  sized('clientWidth', 624);
  sized('clientHeight', 700);
  engine = new FakeEngine(50);
  engine.body = '';
  engine.opened = { attachments: [file(1, 'plan.pdf', 'application/pdf'), file(2, 'other.pdf', 'application/pdf')] };
  answer({ kind: 'pages', pageUrl: 'mail://localhost/token/page/', sizes: Array.from({ length: 40 }, () => A4) });
});
afterEach(() => {
  cleanup();
  vi.restoreAllMocks();
});

async function open(): Promise<HTMLElement> {
  render(App, { engine });
  const grid = await screen.findByRole('grid', { name: 'All inboxes' });
  await user.click(await within(grid).findByText('Contract: two small changes'));
  const cards = await screen.findAllByRole('button', { name: /plan/ });
  const card = cards.find((one) => one.classList.contains('att__open'));
  if (card) await user.click(card);
  return screen.findByRole('dialog', { name: 'Look at plan.pdf' });
}

const pictures = () => screen.queryAllByRole('img', { name: /of plan\.pdf/ }).map((one) => one.getAttribute('src'));
const url = (page: number, pixels = 600) => `mail://localhost/token/page/${page}-${pixels}`;
const here = () => screen.getByRole('textbox', { name: /^Page/ });

describe('a PDF', () => {
  it('draws what is in the window, and the page below', async () => {
    await open();
    await waitFor(() => expect(pictures()).toEqual([url(1), url(2)]));
    expect(screen.getByRole('img', { name: 'Page 1 of 40 of plan.pdf' })).toBeTruthy();
    expect(screen.getByText('of 40')).toBeTruthy();
    expect(screen.getByRole('button', { name: 'Previous page' })).toHaveProperty('disabled', true);
  });

  it('is gone through by key, button and number, and stops at its ends', async () => {
    const dialog = await open();
    await waitFor(() => expect(pictures()).toHaveLength(2));
    await user.click(within(dialog).getByRole('button', { name: 'Next page' }));
    expect(here()).toHaveProperty('value', '2');
    await waitFor(() => expect(pictures()).toEqual([url(1), url(2), url(3)]));
    await fireEvent.keyDown(window, { key: 'End' });
    expect(here()).toHaveProperty('value', '40');
    await waitFor(() => expect(pictures()).toEqual([url(39), url(40)]));
    await fireEvent.keyDown(window, { key: 'Home' });
    expect(here()).toHaveProperty('value', '1');
    await fireEvent.keyDown(window, { key: 'PageUp' });
    expect(here()).toHaveProperty('value', '1');
    for (let times = 0; times < 3; times += 1) await fireEvent.keyDown(window, { key: 'PageDown' });
    expect(here()).toHaveProperty('value', '3');
    await user.clear(here());
    await user.type(here(), '17');
    await fireEvent.change(here());
    await waitFor(() => expect(pictures()).toEqual([url(16), url(17), url(18)]));
    await user.type(here(), '9');
    await fireEvent.keyDown(here(), { key: 'Escape' });
    expect(here()).toHaveProperty('value', '17');
    expect(screen.getByRole('dialog', { name: 'Look at plan.pdf' })).toBeTruthy();
    await fireEvent.keyDown(here(), { key: 'Escape' });
    await waitFor(() => expect(screen.queryByRole('dialog')).toBeNull());
  });

  it('is drawn sharper when it is shown larger, and keeps what is there until then', async () => {
    const dialog = await open();
    await waitFor(() => expect(pictures()).toHaveLength(2));
    await fireEvent.load(screen.getByRole('img', { name: /^Page 1 / }));
    await user.click(within(dialog).getByRole('button', { name: 'Larger' }));
    await waitFor(() => expect(pictures()).toContain(url(1, 750)));
    expect(dialog.querySelector(`img[alt=""][src="${url(1)}"]`)).toBeTruthy();
    await fireEvent.load(screen.getByRole('img', { name: /^Page 1 / }));
    expect(dialog.querySelector('img[alt=""]')).toBeNull();
    await fireEvent.keyDown(window, { key: '0' });
    await waitFor(() => expect(pictures()).toContain(url(1)));
    // The next file is shown as large.
    await fireEvent.keyDown(window, { key: '-' });
    await waitFor(() => expect(pictures()).toContain(url(1, 480)));
    await fireEvent.keyDown(dialog.querySelector('.viewer__area') ?? window, { key: 'ArrowRight' });
    await screen.findByRole('dialog', { name: 'Look at other.pdf' });
    await waitFor(() =>
      expect(screen.getByRole('img', { name: 'Page 1 of 40 of other.pdf' }).getAttribute('src')).toBe(url(1, 480)),
    );
  });

  it('says which page could not be drawn, and tries again', async () => {
    const dialog = await open();
    await waitFor(() => expect(pictures()).toHaveLength(2));
    await fireEvent.error(screen.getByRole('img', { name: /^Page 2 / }));
    await within(dialog).findByText(/^This page could not be drawn/);
    expect(pictures()).toEqual([url(1)]);
    expect(within(dialog).getByRole('button', { name: 'Save plan.pdf' })).toBeTruthy();
    await user.click(within(dialog).getByRole('button', { name: 'Try again' }));
    expect(pictures()).toEqual([url(1), `${url(2)}?1`]);
  });

  it.each<[PreviewRefusal, RegExp]>([
    ['locked', /is encrypted/],
    ['damaged', /is not what its name says/],
    ['tooLarge', /is too large/],
    ['tooManyPages', /more than 5,000 pages/],
    ['tooMuch', /takes too long/],
  ])('that is %s says so', async (why, words) => {
    answer({ kind: 'none', why });
    const dialog = await open();
    await within(dialog).findByText(words);
    expect(
      within(dialog).getAllByRole('button', { name: /Open with another program|^Open plan/ }).length,
    ).toBeGreaterThan(0);
    expect(within(dialog).getAllByRole('button', { name: /^Save/ }).length).toBeGreaterThan(0);
  });
});
