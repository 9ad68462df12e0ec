/**
 * Turns key presses into commands.
 *
 * Nothing fires while an input method composes (`isComposing`, keyCode 229). While typing, bare letters and keys that
 * edit text belong to the text, but for the composer's own. A sequence (`g i`) waits a second for its next press.
 */
import { isSingle, matches, parseBinding, type Press } from './chord';
import { commands } from './registry.svelte';
import type { CommandId } from './table';

/** Longest pause inside a sequence, milliseconds. */
const SEQUENCE_MS = 1_000;
const EDITING_KEYS = new Set(['z', 'a', 'u', 'Backspace', 'Delete', 'Home', 'End', 'Enter', 'PageUp', 'PageDown']);

function isEditable(target: EventTarget | null): boolean {
  if (!(target instanceof HTMLElement)) return false;
  if (target instanceof HTMLInputElement) return !/^(checkbox|radio|button|range)$/.test(target.type);
  return target instanceof HTMLTextAreaElement || target instanceof HTMLSelectElement || target.isContentEditable;
}

/** Returns the contexts around an element, nearest first; `global` holds everywhere. */
function contextsOf(target: EventTarget | null): string[] {
  const element = target instanceof Element ? target : document.body;
  const named =
    element.closest<HTMLElement>('[data-context]') ?? document.querySelector<HTMLElement>('[data-context-default]');
  const names = named?.dataset['context'] ?? named?.dataset['contextDefault'] ?? '';
  return [...names.split(' ').filter((name) => name !== ''), 'global'];
}

function belongsToText(press: Press, event: KeyboardEvent, context: string): boolean {
  if (!isEditable(event.target)) return false;
  // The composer's own combinations were chosen with its text in mind.
  if (context === 'compose' && (press.mod || press.alt)) return false;
  return isSingle(press) || EDITING_KEYS.has(press.key) || press.key.startsWith('Arrow') || press.key === ' ';
}

/** Buttons, links and menu items use Enter and Space themselves. */
function belongsToControl(press: Press, event: KeyboardEvent): boolean {
  if ((press.key !== 'Enter' && press.key !== ' ') || press.mod) return false;
  return (
    event.target instanceof Element &&
    event.target.closest('button, a, summary, [role^=menuitem], [role=option]') !== null
  );
}

interface Candidate {
  binding: string;
  id: CommandId;
  context: string;
}

/** Finds commands for key presses; keeps the beginning of a sequence. */
export class Keyboard {
  #begun: { text: string; at: number } | null = null;

  /** Handles a key press; true when it was used up. */
  press(event: KeyboardEvent, now = Date.now()): boolean {
    if (event.isComposing || event.keyCode === 229 || /^(Shift|Control|Alt|Meta)$/.test(event.key)) return false;
    const begun = this.#begun && now - this.#begun.at <= SEQUENCE_MS ? this.#begun.text : '';
    this.#begun = null;
    const contexts = contextsOf(event.target);
    for (const context of contexts) {
      for (const block of commands.blocks) {
        if (block.context !== context) continue;
        for (const [binding, id] of Object.entries(block.bindings)) {
          if (this.#try({ binding, id, context }, begun, event, now)) return true;
        }
      }
    }
    return begun === '' ? false : this.press(event, now);
  }

  #try({ binding, id, context }: Candidate, begun: string, event: KeyboardEvent, now: number): boolean {
    if (begun !== '' && !binding.startsWith(`${begun} `)) return false;
    const presses = parseBinding(binding);
    const depth = begun === '' ? 0 : begun.split(' ').length;
    const press = presses[depth];
    if (!press || !matches(press, event) || belongsToText(press, event, context) || belongsToControl(press, event))
      return false;
    if (depth + 1 < presses.length) {
      this.#begun = {
        text: binding
          .split(' ')
          .slice(0, depth + 1)
          .join(' '),
        at: now,
      };
      return true;
    }
    return commands.run(id);
  }
}
