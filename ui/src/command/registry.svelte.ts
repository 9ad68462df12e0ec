/**
 * What commands do, and which keys they have now. One for the whole page.
 *
 * A command whose `when` says no is shown disabled and ignored by keys. Failures go to `onFailure`, never to nowhere.
 */
import { caps, isSingle, parseBinding } from './chord';
import { KEYMAPS, type Block, type Preset } from './keymap';
import type { CommandId } from './table';

/** What a command does. */
export interface Behaviour {
  run(): void | Promise<void>;
  /** False while it cannot run; always possible when left out. */
  when?(): boolean;
}

class Registry {
  readonly #behaviours = new Map<CommandId, Behaviour>();
  #preset = $state<Preset>('gmail');
  #singleKeys = $state(true);
  /** Called with what a command threw. */
  onFailure: (thrown: unknown) => void = (thrown) => {
    throw thrown;
  };

  /** Says what commands do. */
  register(behaviours: Partial<Record<CommandId, Behaviour>>, ids: readonly CommandId[]): void {
    for (const id of ids) {
      const behaviour = behaviours[id];
      if (behaviour) this.#behaviours.set(id, behaviour);
    }
  }

  /** Chooses the keys. */
  useKeys(preset: Preset, singleKeys: boolean): void {
    this.#preset = preset;
    this.#singleKeys = singleKeys;
  }

  /** The blocks of keys in use; bare letters are left out when they are switched off. */
  get blocks(): Block[] {
    const blocks = KEYMAPS[this.#preset];
    if (this.#singleKeys) return blocks;
    return blocks.map(({ context, bindings }) => ({
      context,
      bindings: Object.fromEntries(Object.entries(bindings).filter(([keys]) => !parseBinding(keys).some(isSingle))),
    }));
  }

  /** True when the command can run now. */
  can(id: CommandId): boolean {
    const behaviour = this.#behaviours.get(id);
    return behaviour !== undefined && (behaviour.when?.() ?? true);
  }

  /** Runs a command; false when it cannot run now. */
  run(id: CommandId): boolean {
    const behaviour = this.#behaviours.get(id);
    if (!behaviour || behaviour.when?.() === false) return false;
    try {
      const running = behaviour.run();
      if (running) running.catch((thrown: unknown) => this.onFailure(thrown));
    } catch (thrown) {
      this.onFailure(thrown);
    }
    return true;
  }

  /** Returns the bindings of a command, the first as the one to teach. */
  bindings(id: CommandId): string[] {
    return this.blocks.flatMap(({ bindings }) => Object.keys(bindings).filter((keys) => bindings[keys] === id));
  }

  /** Returns the caps of the key to teach; empty when it has none. */
  caps(id: CommandId): string[] {
    const first = this.bindings(id)[0];
    return first === undefined ? [] : caps(first);
  }

  /** Returns words with the key behind them, for titles. */
  hint(id: CommandId, words: string): string {
    const keys = this.caps(id);
    return keys.length === 0 ? words : `${words} (${keys.join(' ')})`;
  }
}

/** The commands of the page. */
export const commands = new Registry();
