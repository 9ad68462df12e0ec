/** Where the pages of a PDF lie in the window, and how large they are drawn. */
import type { PageSize } from '@/ipc/generated';

/** How many times as wide as fits a page is shown. */
export const STEPS: readonly number[] = [0.5, 0.67, 0.8, 1, 1.25, 1.5, 2, 3];
/** Widest picture that the engine draws, pixels. */
const PIXELS_MAX = 4096;
/** CSS pixels of a point of 1/72 inch. */
const PER_POINT = 96 / 72;
/** A page of a letter is not blown up over a wide window: its words would be as large as a poster's. */
const ENLARGED_MAX = 1.25;
/** Highest page, CSS pixels: one a point wide and a mile high would make all others unreachable. */
const HEIGHT_MAX = 20_000;
/** Room around a page, CSS pixels. */
export const GAP = 12;

/** Where a page lies. */
export interface Place {
  top: number;
  width: number;
  height: number;
}

/** Where all pages lie, one below the other. */
export interface Layout {
  places: readonly Place[];
  /** Of everything, CSS pixels. */
  width: number;
  height: number;
}

/** A place in a file: a page, counted from 0, and how far down in it the window begins; below 0 in the gap above it. */
export interface Anchor {
  page: number;
  /** Part of the page's height. */
  part: number;
}

/** Lays pages out in a room this wide; each fits it where `zoom` is 1. */
export function layOut(sizes: readonly PageSize[], room: number, zoom: number): Layout {
  const places: Place[] = [];
  let top = GAP;
  let widest = 0;
  for (const size of sizes) {
    const fitting = Math.min(room - 2 * GAP, size.width * PER_POINT * ENLARGED_MAX);
    const width = Math.max(1, Math.round(fitting * zoom));
    const height = Math.max(1, Math.min(HEIGHT_MAX, Math.round((width * size.height) / size.width)));
    places.push({ top, width, height });
    widest = Math.max(widest, width);
    top += height + GAP;
  }
  return { places, width: Math.max(room, widest + 2 * GAP), height: top };
}

/** Returns the first page that ends below a height; the last where none does. */
function pageBelow({ places }: Layout, y: number): number {
  let low = 0;
  let high = places.length - 1;
  while (low < high) {
    const middle = (low + high) >> 1;
    const place = places[middle];
    if (place && place.top + place.height > y) high = middle;
    else low = middle + 1;
  }
  return Math.max(0, low);
}

/** Returns the pages, counted from 0, that a window this high shows from `top` on, and one above and below; `end` is not among them. */
export function inView(layout: Layout, top: number, tall: number): { start: number; end: number } {
  const first = pageBelow(layout, top);
  let end = first + 1;
  while ((layout.places[end]?.top ?? Infinity) < top + tall) end += 1;
  return { start: Math.max(0, first - 1), end: Math.min(layout.places.length, end + 1) };
}

/** Returns the page, counted from 0, that is read: the one a third down the window. At the very end it is the last. */
export function pageRead(layout: Layout, top: number, tall: number): number {
  if (top > 0 && top + tall >= layout.height - 1) return layout.places.length - 1;
  return pageBelow(layout, top + tall / 3);
}

/** Returns which place of a file a window begins with. */
export function anchorOf(layout: Layout, top: number): Anchor {
  const page = pageBelow(layout, top);
  const place = layout.places[page];
  return { page, part: place ? (top - place.top) / place.height : 0 };
}

/** Returns where a window begins that shows a place of a file; the gap above a page is as high in every layout. */
export function topOf(layout: Layout, { page, part }: Anchor): number {
  const place = layout.places[page];
  if (!place) return 0;
  return Math.max(0, part < 0 ? place.top - GAP : place.top + part * place.height);
}

/** Returns how many pixels wide a picture is asked for. */
export function pixelsOf(width: number, ratio: number): number {
  return Math.max(1, Math.min(PIXELS_MAX, Math.round(width * ratio)));
}

/** Returns the page, counted from one, that a number means. */
export function clampPage(number: number, pages: number): number {
  return Number.isFinite(number) ? Math.max(1, Math.min(pages, Math.trunc(number))) : 1;
}

/** Returns the next larger or smaller step of sizes. */
export function stepFrom(zoom: number, by: 1 | -1): number {
  const at = STEPS.indexOf(zoom);
  return STEPS[Math.max(0, Math.min(STEPS.length - 1, at + by))] ?? 1;
}
