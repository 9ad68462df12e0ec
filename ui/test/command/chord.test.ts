/** Key chords: how bindings are written, matched on any layout, and shown. */
import { describe, expect, it } from 'vitest';
import { caps, isSingle, type KeyLike, matches, parseBinding, type Press } from '@/command/chord';

const press = (text: string): Press => parseBinding(text)[0] ?? { key: '', mod: false, shift: false, alt: false };
const key = (part: Partial<KeyLike>): KeyLike => ({
  key: '',
  code: '',
  ctrlKey: false,
  metaKey: false,
  shiftKey: false,
  altKey: false,
  ...part,
});

describe('matches', () => {
  it.each([
    ['j', { key: 'j', code: 'KeyJ' }, true],
    ['j', { key: 'J', code: 'KeyJ', shiftKey: true }, false],
    ['Shift+j', { key: 'J', code: 'KeyJ', shiftKey: true }, true],
    ['j', { key: 'о', code: 'KeyJ' }, true],
    ['#', { key: '#', code: 'Digit3', shiftKey: true }, true],
    ['?', { key: '?', code: 'Slash', shiftKey: true }, true],
    ['Mod+k', { key: 'k', code: 'KeyK', ctrlKey: true }, true],
    ['Mod+k', { key: 'k', code: 'KeyK', metaKey: true }, false],
    ['k', { key: 'k', code: 'KeyK', ctrlKey: true }, false],
    ['Shift+F6', { key: 'F6', code: 'F6', shiftKey: true }, true],
    ['F6', { key: 'F6', code: 'F6', shiftKey: true }, false],
    ['e', { key: 'é', code: 'KeyE' }, true],
  ])('%s against %o is %s', (binding, event, expected) => {
    expect(matches(press(binding), key(event), false)).toBe(expected);
  });

  it('takes Command on a Mac', () => {
    expect(matches(press('Mod+k'), key({ key: 'k', metaKey: true }), true)).toBe(true);
    expect(matches(press('Mod+k'), key({ key: 'k', ctrlKey: true }), true)).toBe(false);
  });
});

it('knows which keys may be switched off', () => {
  expect(['j', '#', 'Shift+j'].map(press).every(isSingle)).toBe(true);
  expect(['Mod+j', 'F6', 'ArrowDown', 'Escape'].map(press).some(isSingle)).toBe(false);
});

it('shows keys as caps', () => {
  expect(caps('Mod+Shift+u', false)).toEqual(['Ctrl', '⇧', 'U']);
  expect(caps('Mod+k', true)).toEqual(['⌘', 'K']);
  expect(caps('g i', false)).toEqual(['G', 'I']);
});
