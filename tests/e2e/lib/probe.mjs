/**
 * Measures in the page how long something took: from the first of some events, as early as script sees it, to the end
 * of the frame in which a condition holds. What runs in a message after a frame's callbacks runs when that frame was
 * laid out and painted.
 */
const probe = (until) => `
const [events] = arguments;
const holds = () => (${until});
let begun = null;
window.posthornTook = new Promise((resolve) => {
  const drawn = () => {
    const channel = new MessageChannel();
    channel.port1.onmessage = () => resolve(performance.now() - begun);
    channel.port2.postMessage(0);
  };
  const look = () => (holds() ? drawn() : requestAnimationFrame(look));
  const begin = () => {
    if (begun !== null) return;
    begun = performance.now();
    for (const name of events) removeEventListener(name, begin, true);
    requestAnimationFrame(look);
  };
  for (const name of events) addEventListener(name, begin, true);
});`;

/** Measures what `act` does to the window: from the first of `events` until the page says that `until` holds. Milliseconds. */
export async function took(page, events, until, act) {
  await page.evaluate(probe(until), events);
  await act();
  return page.driver.executeAsyncScript('const done = arguments[arguments.length - 1]; window.posthornTook.then(done);');
}

/** Answers the list's questions itself: every list has `total` rows from now on, made of those that are there; `window.posthornFetch` is what was before. */
export const MANY_ROWS = `
const [total] = arguments;
const real = (window.posthornFetch = window.fetch);
const rows = [];
const row = (at) => ({ ...rows[at % rows.length], message: 10_000_000 + at, thread: 10_000_000 + at });
const answer = (value) =>
  new Response(JSON.stringify(value), { headers: { 'content-type': 'application/json', 'Tauri-Response': 'ok' } });
let version = 0;
window.fetch = async (input, init) => {
  const address = String(input?.url ?? input);
  if (address.endsWith('/views_open')) {
    const opened = await (await real(input, init)).json();
    rows.push(...opened.rows);
    version = opened.version;
    return answer({ ...opened, total, counting: false, rows: Array.from({ length: 128 }, (_, at) => row(at)) });
  }
  if (address.endsWith('/views_range')) {
    const { params } = JSON.parse(typeof init.body === 'string' ? init.body : new TextDecoder().decode(init.body));
    const len = Math.max(0, Math.min(params.len, total - params.start));
    return answer({ version, start: params.start, total, rows: Array.from({ length: len }, (_, at) => row(params.start + at)) });
  }
  return real(input, init);
};`;

/**
 * Scrolls the list by `step` pixels in each of `frames` frames; answers with the milliseconds of script in each (from
 * the scroll event to the end of the last callback before layout) and between frames.
 */
export const SCROLL = `
const [step, frames, done] = arguments;
const list = document.querySelector('[data-name=list] .list');
const script = [];
const between = [];
let begun = 0;
let before = null;
const start = () => (begun = performance.now());
// Behind the list's own listener, so its callback is behind the list's too.
const end = () => requestAnimationFrame(() => script.push(performance.now() - begun));
window.addEventListener('scroll', start, true);
list.addEventListener('scroll', end);
const next = (now) => {
  if (before !== null) between.push(now - before);
  before = now;
  if (between.length < frames) {
    list.scrollTop += step;
    return requestAnimationFrame(next);
  }
  window.removeEventListener('scroll', start, true);
  list.removeEventListener('scroll', end);
  done({ script, between, rows: document.querySelectorAll('.row[data-index]').length });
};
requestAnimationFrame(next);`;
