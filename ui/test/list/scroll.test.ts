/** The arithmetic of a list of a million rows. */
import { describe, expect, it } from 'vitest';
import { CAP, FixedScroll } from '@/component/scroll';

/** A scrolling element as browsers have it: positions are clamped. */
class Box {
  clientHeight = 800;
  #top = 0;
  constructor(private readonly height: () => number) {}
  get scrollTop(): number {
    return this.#top;
  }
  set scrollTop(value: number) {
    this.#top = Math.max(0, Math.min(value, this.height() - this.clientHeight));
  }
}

function million(row = 56): { box: Box; scroll: FixedScroll } {
  let scroll: FixedScroll | null = null;
  const box = new Box(() => scroll?.height ?? 0);
  scroll = new FixedScroll(box);
  scroll.resize(1_000_000, row);
  return { box, scroll };
}

describe.each([32, 56, 72])('a million rows of %i pixels', (row) => {
  it('fit below the cap', () => expect(million(row).scroll.height).toBeLessThanOrEqual(CAP));

  it('end flush', () => {
    const { box, scroll } = million(row);
    box.scrollTop = Infinity;
    scroll.scrolled();
    const [, last] = scroll.window(0);
    expect(last).toBe(999_999);
    expect(scroll.y(999_999) + row).toBe(box.scrollTop + box.clientHeight);
  });

  it('are each reached exactly', () => {
    for (const index of [0, 1, 999, 262_144, 500_000, 524_287, 999_990]) {
      const { box, scroll } = million(row);
      scroll.scrollTo(index * row);
      const top = Math.min(index * row, 1_000_000 * row - box.clientHeight);
      expect(scroll.top).toBe(top);
      expect(scroll.y(index) - box.scrollTop).toBe(index * row - top);
    }
  });

  it('move to the pixel with the wheel, and not at all when the thumb is put right', () => {
    const { box, scroll } = million(row);
    scroll.scrollTo(500_000 * row);
    const before = scroll.top;
    for (let click = 0; click < 10; click += 1) {
      box.scrollTop += 81;
      scroll.scrolled();
    }
    expect(scroll.top - before).toBe(810);
    const at = scroll.y(500_020) - box.scrollTop;
    scroll.reanchor();
    expect(scroll.y(500_020) - box.scrollTop).toBe(at);
  });

  it('come back to the beginning', () => {
    const { box, scroll } = million(row);
    scroll.scrollTo(900_000 * row);
    box.scrollTop = 0;
    scroll.scrolled();
    expect(scroll.top).toBe(0);
    expect(scroll.y(0)).toBe(0);
  });
});

it('a short list is not scaled at all', () => {
  let scroll: FixedScroll | null = null;
  const box = new Box(() => scroll?.height ?? 0);
  scroll = new FixedScroll(box);
  scroll.resize(100, 56);
  box.scrollTop = 1234;
  expect(scroll.scrolled()).toBe(false);
  expect(scroll.top).toBe(1234);
  expect(scroll.y(30)).toBe(30 * 56);
});

it('a row is brought into view with the least movement', () => {
  const { box, scroll } = million();
  scroll.reveal(5);
  expect(box.scrollTop).toBe(0);
  scroll.reveal(20);
  expect(scroll.top).toBe(21 * 56 - 800);
  scroll.reveal(2);
  expect(scroll.top).toBe(2 * 56);
});
