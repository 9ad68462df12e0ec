/** What the page believes of a message's frame, and what it does with links. */

/** Tallest frame, pixels; a longer message scrolls inside. */
export const HEIGHT_MAX = 20_000;

/** Where a link leads, in words: the host of a web link, the address of a mail link. Null when it must not be opened. */
export function linkTarget(href: string): { url: string; host: string } | null {
  let url: URL;
  try {
    url = new URL(href);
  } catch {
    return null;
  }
  if (url.protocol === 'mailto:') return { url: url.href, host: decodeURIComponent(url.pathname) };
  if (url.protocol !== 'http:' && url.protocol !== 'https:') return null;
  return { url: url.href, host: url.hostname };
}

/** Returns the host that a link's text claims; null when it claims none. */
export function claimedHost(text: string): string | null {
  const match = /^\s*(?:https?:\/\/)?((?:[\p{L}\p{N}-]+\.)+\p{L}{2,})(?:[:/?#]\S*)?\s*$/iu.exec(text);
  return match?.[1]?.toLowerCase() ?? null;
}

/** Why a link is asked about before it is opened; null when it is what it says. */
export function linkDoubt(href: string, text: string): 'mismatch' | 'odd' | null {
  const target = linkTarget(href);
  if (!target || href.startsWith('mailto:')) return null;
  const bare = (host: string) => host.replace(/^www\./, '');
  const claimed = claimedHost(text);
  if (claimed !== null) {
    const punycode = new URL(`http://${claimed}`).hostname;
    const same = bare(punycode) === bare(target.host) || bare(target.host).endsWith(`.${bare(punycode)}`);
    if (!same) return 'mismatch';
  }
  return target.host.split('.').some((label) => label.startsWith('xn--')) ? 'odd' : null;
}
