/**
 * Keys: how a binding is written (`Mod+Shift+o`, `g i`, `#`), matched and shown.
 *
 * `Mod` is Command on a Mac and Control elsewhere. A letter matches by what it types; where the layout types no Latin
 * letter (Cyrillic, an input method), by its place on the keyboard. Signs (`#`, `?`) match by what they type, whatever
 * keys that took.
 */

/** One press of a key. */
export interface Press {
  /** Lower-case letter, sign, or the name of a key (`ArrowDown`). */
  key: string;
  mod: boolean;
  shift: boolean;
  alt: boolean;
}

/** The parts of a keyboard event that matter. */
export type KeyLike = Pick<KeyboardEvent, 'key' | 'code' | 'ctrlKey' | 'metaKey' | 'shiftKey' | 'altKey'>;

const MAC = typeof navigator !== 'undefined' && /Mac|iPhone|iPad/.test(navigator.platform);

/** Reads a binding: presses separated by spaces. */
export function parseBinding(text: string): Press[] {
  return text.split(' ').map((press) => {
    const parts = press === '+' ? ['+'] : press.split('+');
    const key = parts.at(-1) ?? '';
    return {
      key: key.length === 1 ? key.toLowerCase() : key,
      mod: parts.includes('Mod'),
      shift: parts.includes('Shift'),
      alt: parts.includes('Alt'),
    };
  });
}

/** Returns what a key means, independent of layout and case. */
function keyOf(event: KeyLike): string {
  if (event.key.length !== 1) return event.key;
  if (event.key.charCodeAt(0) < 128) return event.key.toLowerCase();
  const place = /^Key([A-Z])$|^Digit(\d)$/.exec(event.code);
  return (place?.[1] ?? place?.[2] ?? event.key).toLowerCase();
}

/** True when the event is this press. */
export function matches(press: Press, event: KeyLike, mac = MAC): boolean {
  // With Shift a digit types a sign, and another one in every layout: its place counts.
  const digit = press.shift && /^\d$/.test(press.key);
  const key = digit && event.code === `Digit${press.key}` ? press.key : keyOf(event);
  if (key !== press.key) return false;
  const mod = mac ? event.metaKey : event.ctrlKey;
  const other = mac ? event.ctrlKey : event.metaKey;
  if (mod !== press.mod || other || event.altKey !== press.alt) return false;
  const sign = key.length === 1 && !digit && !/[a-z]/.test(key);
  return sign ? true : event.shiftKey === press.shift;
}

/** True when a press is a bare letter or sign, which may be switched off and never fires while typing. */
export function isSingle(press: Press): boolean {
  return !press.mod && !press.alt && press.key.length === 1;
}

const SIGNS: Record<string, string> = {
  ArrowUp: '↑',
  ArrowDown: '↓',
  ArrowLeft: '←',
  ArrowRight: '→',
  Enter: '↵',
  Escape: 'Esc',
  Delete: 'Del',
  Backspace: '⌫',
  PageUp: 'PgUp',
  PageDown: 'PgDn',
};

/** Returns the keys of a binding as they are shown, one for each cap. */
export function caps(binding: string, mac = MAC): string[] {
  return parseBinding(binding).flatMap((press) => [
    ...(press.mod ? [mac ? '⌘' : 'Ctrl'] : []),
    ...(press.alt ? [mac ? '⌥' : 'Alt'] : []),
    ...(press.shift ? ['⇧'] : []),
    SIGNS[press.key] ?? (press.key.length === 1 ? press.key.toUpperCase() : press.key),
  ]);
}
