/**
 * Two pictures compared, in Chromium itself: it reads its own PNGs, so nothing else has to. A pixel differs when one of
 * its colours differs by more than rounding does; a picture differs when more pixels do than the edge of a letter has.
 */

/** Difference of a colour, of 255, that is another way of rounding: other processors draw soft edges by other means. */
const SAME_COLOUR = 12;
/** Pixels of a picture that may differ: less than a small icon, or a word. */
export const SAME_PIXELS = 40;

const COMPARE = `async ({ wanted, got, same }) => {
  const read = async (text) => {
    const blob = await (await fetch('data:image/png;base64,' + text)).blob();
    const bitmap = await createImageBitmap(blob, { colorSpaceConversion: 'none', premultiplyAlpha: 'none' });
    const canvas = new OffscreenCanvas(bitmap.width, bitmap.height);
    const drawing = canvas.getContext('2d', { willReadFrequently: true });
    drawing.drawImage(bitmap, 0, 0);
    return { canvas, drawing, data: drawing.getImageData(0, 0, bitmap.width, bitmap.height) };
  };
  const [one, other] = [await read(wanted), await read(got)];
  const { width, height } = one.data;
  if (other.data.width !== width || other.data.height !== height) {
    return { pixels: width * height, sizes: [width, height, other.data.width, other.data.height], picture: null };
  }
  const [a, b] = [one.data.data, other.data.data];
  const shown = new ImageData(width, height);
  let pixels = 0;
  let [left, top, right, bottom] = [width, height, 0, 0];
  for (let at = 0; at < a.length; at += 4) {
    const by = Math.max(Math.abs(a[at] - b[at]), Math.abs(a[at + 1] - b[at + 1]), Math.abs(a[at + 2] - b[at + 2]));
    const differs = by > same;
    const grey = 215 + Math.round((a[at] + a[at + 1] + a[at + 2]) / 3 / 6.4);
    shown.data.set(differs ? [220, 0, 60, 255] : [grey, grey, grey, 255], at);
    if (!differs) continue;
    pixels += 1;
    const [x, y] = [(at / 4) % width, Math.floor(at / 4 / width)];
    [left, top, right, bottom] = [Math.min(left, x), Math.min(top, y), Math.max(right, x), Math.max(bottom, y)];
  }
  if (pixels === 0) return { pixels, picture: null };
  one.drawing.putImageData(shown, 0, 0);
  const bytes = new Uint8Array(await (await one.canvas.convertToBlob({ type: 'image/png' })).arrayBuffer());
  let text = '';
  for (const byte of bytes) text += String.fromCharCode(byte);
  return { pixels, box: [left, top, right, bottom], picture: btoa(text) };
}`;

/**
 * Compares a picture with what was wanted, on an empty page of the browser. Answers with the number of pixels that
 * differ, a sentence about where, and a picture in which they are red (null where none differs, or the sizes do).
 */
export async function difference(page, wanted, got) {
  if (wanted.equals(got)) return { pixels: 0, where: '', picture: null };
  const given = { wanted: wanted.toString('base64'), got: got.toString('base64'), same: SAME_COLOUR };
  const found = await page.evaluate(`(${COMPARE})(${JSON.stringify(given)})`);
  const where = found.sizes
    ? `it is ${found.sizes[2]} × ${found.sizes[3]}, not ${found.sizes[0]} × ${found.sizes[1]}`
    : found.box
      ? `${found.pixels} pixels differ, from ${found.box[0]},${found.box[1]} to ${found.box[2]},${found.box[3]}`
      : '';
  return { pixels: found.pixels, where, picture: found.picture && Buffer.from(found.picture, 'base64') };
}
