/** What does not fit: controls that stick out of the window or are cut off by what holds them, words that are cut without an ellipsis. */

const FITS = `(() => {
  const width = document.documentElement.clientWidth;
  const scope = [...document.querySelectorAll('dialog[open]')].at(-1) ?? document.body;
  const found = new Set();
  const clips = (style) => style.overflowX === 'hidden' || style.overflowX === 'clip';
  const scrolls = (style) => style.overflowX === 'auto' || style.overflowX === 'scroll';
  const named = (element) =>
    element.tagName.toLowerCase() + '.' + [...element.classList].join('.') + ' “' + (element.getAttribute('aria-label') ?? element.textContent).trim().slice(0, 40) + '”';
  for (const element of scope.querySelectorAll('button, input, select, textarea, a, h1, h2, h3, p, td, dt, dd, label, small, b, .btn, [role=option], [role=menuitem]')) {
    if (!element.checkVisibility({ opacityProperty: true, visibilityProperty: true })) continue;
    const box = element.getBoundingClientRect();
    const style = getComputedStyle(element);
    if (box.width <= 1 || box.height <= 1 || style.clipPath !== 'none') continue;
    const isControl = element.matches('button, input, select, textarea, a, .btn');
    let edge = { left: 0, right: width };
    for (let above = element.parentElement; above; above = above.parentElement) {
      const outer = getComputedStyle(above);
      if (outer.clipPath !== 'none' || outer.position === 'fixed') break;
      if (scrolls(outer) && above.scrollWidth > above.clientWidth + 1) { edge = null; break; }
      if (!clips(outer) || !isControl) continue;
      const frame = above.getBoundingClientRect();
      edge = { left: Math.max(edge.left, frame.left), right: Math.min(edge.right, frame.right) };
    }
    if (edge && (box.left < edge.left - 1.5 || box.right > edge.right + 1.5)) found.add('cut off: ' + named(element));
    const hasWords = [...element.childNodes].some((node) => node.nodeType === 3 && node.data.trim() !== '');
    if (hasWords && !isControl && clips(style) && style.textOverflow !== 'ellipsis' && element.scrollWidth > element.clientWidth + 1) {
      found.add('words cut: ' + named(element));
    }
    if (element.tagName === 'BUTTON' && style.textOverflow !== 'ellipsis' && element.scrollWidth > element.clientWidth + 2 && !scrolls(style)) {
      found.add('fuller than it is wide: ' + named(element));
    }
  }
  const over = document.documentElement.scrollWidth - width;
  if (over > 0) found.add('the page is ' + over + ' px wider than its window');
  return [...found];
})()`;

/** Returns a line for each thing of a Playwright page that does not fit. */
export async function misfits(page) {
  return page.evaluate(FITS);
}
