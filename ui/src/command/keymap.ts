/** The keys of each preset: JSON blocks of a context and its bindings. A preset comes before what is common to all. */
import { type CommandId, isCommandId } from './table';
import apple from './keymap/apple.json';
import common from './keymap/common.json';
import gmail from './keymap/gmail.json';
import outlook from './keymap/outlook.json';
import thunderbird from './keymap/thunderbird.json';

/** Names of the presets, as the settings store them. */
export const PRESETS = ['gmail', 'outlook', 'apple', 'thunderbird'] as const;
/** A preset. */
export type Preset = (typeof PRESETS)[number];

/** Keys that hold where an element around the focus names the context (`data-context`), or everywhere (`global`). */
export interface Block {
  context: string;
  bindings: Record<string, CommandId>;
}

interface RawBlock {
  context: string;
  bindings: Record<string, string | undefined>;
}

/** Reads the blocks of a file; a binding of an unknown command is an error of ours and stops everything. */
export function readBlocks(blocks: readonly RawBlock[]): Block[] {
  return blocks.map(({ context, bindings }) => {
    const read: Record<string, CommandId> = {};
    for (const [binding, id] of Object.entries(bindings)) {
      if (id === undefined) continue;
      if (!isCommandId(id)) throw new Error(`${binding} is bound to ${id}, which is no command`);
      read[binding] = id;
    }
    return { context, bindings: read };
  });
}

/** All blocks of each preset, those of the preset first. */
export const KEYMAPS: Record<Preset, Block[]> = {
  gmail: readBlocks([...gmail, ...common]),
  outlook: readBlocks([...outlook, ...common]),
  apple: readBlocks([...apple, ...common]),
  thunderbird: readBlocks([...thunderbird, ...common]),
};

/** Returns the preset of a setting; an unknown one is the default. */
export function presetOf(setting: string): Preset {
  return PRESETS.find((preset) => preset === setting) ?? 'gmail';
}
