/**
 * Scrolling a million rows of one height in an element that no browser lets grow that far.
 *
 * The element is at most `CAP` pixels high; `offset` is what lies between its scroll position and the true one. Small
 * movements are followed to the pixel; a jump (a dragged thumb, End) is mapped in proportion; both ends meet exactly.
 * When the user rests, `reanchor` moves the thumb to its true place without moving a row.
 */

/** Tallest element, pixels: WebKit clamps at 33.5 million and rounds positions above 16.7 million. */
export const CAP = 8_000_000;
/** A movement of more viewports than this is a jump. */
const JUMP_VIEWPORTS = 4;

/** What is needed of the scrolling element. */
export interface Viewport {
  scrollTop: number;
  readonly clientHeight: number;
}

/** Where the rows of a tall list are. */
export class FixedScroll {
  #offset = 0;
  #last = 0;
  #count = 0;
  #row = 1;

  constructor(private readonly view: Viewport) {}

  /** Height of a row, pixels. */
  get row(): number {
    return this.#row;
  }

  /** Height of the element inside, pixels. */
  get height(): number {
    return Math.min(this.#count * this.#row, CAP);
  }

  /** True position of the upper edge, pixels. */
  get top(): number {
    return Math.min(this.#maxTop, Math.max(0, this.view.scrollTop + this.#offset));
  }

  /** Says how many rows there are and how high each is; keeps the position of the upper edge. */
  resize(count: number, row: number): void {
    this.#count = count;
    this.#row = row;
    if (!this.#scaled) this.#offset = 0;
    this.#last = this.view.scrollTop;
  }

  /** Follows a scroll event; true when the thumb has to be put right once the user rests. */
  scrolled(): boolean {
    const now = this.view.scrollTop;
    if (this.#scaled) {
      const jump = Math.abs(now - this.#last) > this.view.clientHeight * JUMP_VIEWPORTS;
      if (jump) this.#offset = Math.round((now / this.#maxScroll) * this.#maxTop) - now;
      this.#clamp(now);
    }
    this.#last = now;
    return this.#scaled;
  }

  /** Moves the thumb to its true place; no row moves. */
  reanchor(): void {
    if (this.#scaled) this.scrollTo(this.top);
  }

  /** Brings a true position to the upper edge. */
  scrollTo(top: number): void {
    const wanted = Math.min(this.#maxTop, Math.max(0, top));
    const place = this.#scaled ? Math.round((wanted / this.#maxTop) * this.#maxScroll) : wanted;
    this.view.scrollTop = place;
    this.#last = this.view.scrollTop;
    this.#offset = this.#scaled ? wanted - this.#last : 0;
  }

  /** Brings a row into view, moving as little as possible. */
  reveal(index: number): void {
    const y = index * this.#row;
    if (y < this.top) this.scrollTo(y);
    else if (y + this.#row > this.top + this.view.clientHeight) this.scrollTo(y + this.#row - this.view.clientHeight);
  }

  /** First and last row in view, with some more on both sides. */
  window(more: number): [number, number] {
    const first = Math.floor(this.top / this.#row) - more;
    const last = Math.ceil((this.top + this.view.clientHeight) / this.#row) - 1 + more;
    return [Math.max(0, first), Math.min(this.#count - 1, last)];
  }

  /** Where a row lies inside of the element, pixels. */
  y(index: number): number {
    return index * this.#row - this.#offset;
  }

  get #scaled(): boolean {
    return this.#count * this.#row > CAP;
  }

  get #maxScroll(): number {
    return Math.max(1, this.height - this.view.clientHeight);
  }

  get #maxTop(): number {
    return Math.max(0, this.#count * this.#row - this.view.clientHeight);
  }

  #clamp(now: number): void {
    if (now <= 0) this.#offset = 0;
    else if (now >= this.#maxScroll) this.#offset = this.#maxTop - this.#maxScroll;
    else if (now + this.#offset < 0) this.#offset = -now;
    else if (now + this.#offset > this.#maxTop) this.#offset = this.#maxTop - now;
  }
}
