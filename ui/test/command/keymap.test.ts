/** The keymaps: every binding names a command, none collides in its context. */
import { describe, expect, it } from 'vitest';
import { parseBinding } from '@/command/chord';
import { KEYMAPS, PRESETS, readBlocks } from '@/command/keymap';
import { COMMAND_IDS } from '@/command/table';

/** Contexts that hold at the same place: a key may have one meaning in each of these groups. */
const TOGETHER = [
  ['list', 'mail', 'global'],
  ['reader', 'mail', 'global'],
  ['side', 'mail', 'global'],
  ['compose', 'global'],
];

describe.each(PRESETS)('keys of %s', (preset) => {
  it('name commands that exist', () => {
    const named = KEYMAPS[preset].flatMap((block) => Object.values(block.bindings));
    expect(named.filter((id) => !COMMAND_IDS.includes(id))).toEqual([]);
  });

  it('never mean two things at the same place', () => {
    for (const contexts of TOGETHER) {
      const seen = new Map<string, string>();
      for (const { context, bindings } of KEYMAPS[preset]) {
        if (!contexts.includes(context)) continue;
        for (const [binding, id] of Object.entries(bindings)) {
          const key = JSON.stringify(parseBinding(binding));
          expect(seen.get(key) ?? id, `${binding} in ${context}`).toBe(id);
          seen.set(key, id);
        }
      }
    }
  });

  it('never begin a sequence with a key that means something alone', () => {
    const all = KEYMAPS[preset].flatMap((block) => Object.keys(block.bindings));
    const alone = new Set(all.filter((binding) => !binding.includes(' ')));
    expect(all.filter((binding) => binding.includes(' ') && alone.has(binding.split(' ')[0] ?? ''))).toEqual([]);
  });

  it('reach the commands that everybody needs', () => {
    const bound = new Set(KEYMAPS[preset].flatMap((block) => Object.values(block.bindings)));
    const needed = [
      'message.archive',
      'message.trash',
      'message.reply',
      'message.find',
      'compose.send',
      'compose.attach',
      'compose.close',
      'app.search',
      'app.undo',
      'app.palette',
    ] as const;
    expect(needed.filter((id) => !bound.has(id))).toEqual([]);
  });
});

it('an unknown command stops everything', () => {
  expect(() => readBlocks([{ context: 'mail', bindings: { e: 'thread.archive' } }])).toThrow('no command');
});
