/**
 * What the helper inside a message's frame says to the page. The frame shows hostile input in an opaque origin, so
 * everything is checked here and nothing else is believed. The sender (`event.source`) is checked by the caller.
 */
export type FrameMessage =
  | { kind: 'ready' }
  | { kind: 'height'; px: number }
  | { kind: 'key'; init: KeyboardEventInit }
  | { kind: 'link'; href: string; text: string; open: boolean }
  | { kind: 'selection'; html: string; text: string }
  | { kind: 'found'; count: number; top: number | null };

/** Longest text believed of a frame, UTF-16 units. */
const TEXT_MAX = 200_000;

/** Most finds believed of a frame; the helper stops there. */
const FOUND_MAX = 1_000;

function text(value: unknown): string {
  return typeof value === 'string' ? value.slice(0, TEXT_MAX) : '';
}

function keyInit(value: Record<string, unknown>): KeyboardEventInit {
  return {
    key: text(value['key']).slice(0, 40),
    code: text(value['code']).slice(0, 40),
    ctrlKey: value['ctrlKey'] === true,
    shiftKey: value['shiftKey'] === true,
    altKey: value['altKey'] === true,
    metaKey: value['metaKey'] === true,
    bubbles: true,
    cancelable: true,
  };
}

/** Reads a message of a frame; null when it is none. */
export function readFrameMessage(data: unknown): FrameMessage | null {
  if (typeof data !== 'object' || data === null) return null;
  const value = data as Record<string, unknown>;
  switch (value['kind']) {
    case 'ready':
      return { kind: 'ready' };
    case 'height': {
      const px = value['px'];
      return typeof px === 'number' && Number.isFinite(px) && px >= 0 ? { kind: 'height', px } : null;
    }
    case 'key':
      return { kind: 'key', init: keyInit(value) };
    case 'link':
      return { kind: 'link', href: text(value['href']), text: text(value['text']), open: value['open'] === true };
    case 'selection':
      return { kind: 'selection', html: text(value['html']), text: text(value['text']) };
    case 'found': {
      const { count, top } = value;
      if (typeof count !== 'number' || !Number.isInteger(count) || count < 0 || count > FOUND_MAX) return null;
      return { kind: 'found', count, top: typeof top === 'number' && Number.isFinite(top) ? top : null };
    }
    default:
      return null;
  }
}
