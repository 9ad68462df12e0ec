/** From key presses to commands: contexts, sequences, input methods, typing. */
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { Keyboard } from '@/command/keyboard';
import { commands } from '@/command/registry.svelte';
import { COMMAND_IDS } from '@/command/table';

let ran: string[] = [];
let keyboard = new Keyboard();

function send(init: KeyboardEventInit, target: Element = document.body, now = 0): boolean {
  const event = new KeyboardEvent('keydown', { bubbles: true, ...init });
  Object.defineProperty(event, 'target', { value: target });
  return keyboard.press(event, now);
}

beforeEach(() => {
  ran = [];
  keyboard = new Keyboard();
  document.body.innerHTML =
    '<div data-context-default="list mail"></div><input id="i"><p data-context="settings" id="s"></p>' +
    '<div data-context="compose"><input id="c"></div>';
  commands.useKeys('gmail', true);
  commands.register(Object.fromEntries(COMMAND_IDS.map((id) => [id, { run: () => void ran.push(id) }])), COMMAND_IDS);
});
afterEach(() => commands.useKeys('gmail', true));

const element = (id: string) => document.getElementById(id) ?? document.body;

describe('Keyboard', () => {
  it('runs the command of a key', () => {
    expect(send({ key: 'e', code: 'KeyE' })).toBe(true);
    expect(ran).toEqual(['message.archive']);
  });

  it('waits for the second key of a sequence, a second long', () => {
    send({ key: 'g', code: 'KeyG' }, document.body, 0);
    send({ key: 's', code: 'KeyS' }, document.body, 500);
    send({ key: 'g', code: 'KeyG' }, document.body, 1000);
    send({ key: 's', code: 'KeyS' }, document.body, 2500);
    expect(ran).toEqual(['go.starred', 'message.toggleStar']);
  });

  it('leaves text alone, but not keys that are no text', () => {
    for (const key of ['e', 'Backspace', 'ArrowDown', 'Enter', '/']) send({ key }, element('i'));
    send({ key: 'z', ctrlKey: true }, element('i'));
    expect(ran).toEqual([]);
    send({ key: 'k', ctrlKey: true }, element('i'));
    expect(ran).toEqual(['app.palette']);
  });

  it('gives the composer its own combinations while typing, and leaves editing to the text', () => {
    for (const init of [{ key: 'Enter' }, { key: 'b' }, { key: '*', code: 'Digit8', shiftKey: true }]) {
      send({ ctrlKey: true, ...init }, element('c'));
    }
    for (const key of ['z', 'a']) send({ key, ctrlKey: true }, element('c'));
    send({ key: 'Enter', isComposing: true, ctrlKey: true }, element('c'));
    expect(ran).toEqual(['compose.send', 'compose.bold', 'compose.list']);
  });

  it('never fires while an input method composes', () => {
    expect(send({ key: 'e', isComposing: true })).toBe(false);
    expect(send({ key: 'Process', keyCode: 229 })).toBe(false);
  });

  it('keeps to the context around the focus', () => {
    send({ key: 'e', code: 'KeyE' }, element('s'));
    expect(ran).toEqual([]);
    send({ key: ',', ctrlKey: true }, element('s'));
    expect(ran).toEqual(['app.settings']);
  });

  it('ignores bare letters when they are switched off', () => {
    commands.useKeys('gmail', false);
    expect(send({ key: 'e', code: 'KeyE' })).toBe(false);
    expect(send({ key: 'ArrowDown' })).toBe(true);
    expect(commands.caps('message.archive')).toEqual([]);
  });

  it('passes on what cannot run now', () => {
    commands.register({ 'message.archive': { run: () => void ran.push('no'), when: () => false } }, [
      'message.archive',
    ]);
    expect(send({ key: 'e', code: 'KeyE' })).toBe(false);
    expect(ran).toEqual([]);
  });
});
