/** Menus of the composer: all that it can do, and whom it is from. */
import { commands } from '@/command/registry.svelte';
import { type CommandId, factsOf } from '@/command/table';
import { type MenuItem, menus } from '@/component/menu.svelte';
import type { Store } from '@/state/store.svelte';
import { t } from '@/text/text.svelte';
import type { Writing } from '@/state/compose.svelte';
import type { Composing } from './composing.svelte';

const LISTED: CommandId[] = [
  'compose.send',
  'compose.sendArchive',
  'compose.sendLater',
  'compose.hold',
  'compose.followUp',
  'compose.attach',
  'compose.picture',
  'compose.template',
  'compose.link',
  'compose.quote',
  'compose.clear',
  'compose.plain',
  'compose.from',
  'compose.signature',
  'compose.to',
  'compose.cc',
  'compose.bcc',
  'compose.bccSelf',
  'compose.saveGroup',
  'compose.report',
  'compose.receipt',
  'compose.versions',
  'compose.discard',
];
/** Commands with a line above them. */
const APART = new Set<CommandId>(['compose.attach', 'compose.quote', 'compose.from', 'compose.versions']);

/** Whether an entry is on, for those that can be. */
function checkedOf(id: CommandId, writing: Writing): { checked?: boolean } {
  if (id === 'compose.bccSelf') return { checked: writing.copiesSelf };
  if (id === 'compose.followUp') return { checked: writing.followUp !== null };
  if (id === 'compose.report') return { checked: writing.wishes.report };
  return id === 'compose.receipt' ? { checked: writing.wishes.receipt } : {};
}

/** Opens the menu of everything that the composer can do. */
export function composeMenu(writing: Writing, at: HTMLElement): void {
  const items = LISTED.map((id): MenuItem => {
    const { label, icon } = factsOf(id);
    return {
      label: t(label),
      icon,
      caps: commands.caps(id),
      disabled: !commands.can(id),
      danger: id === 'compose.discard',
      apart: APART.has(id),
      ...checkedOf(id, writing),
      run: () => commands.run(id),
    };
  });
  menus.show(t('compose-more'), items, at);
}

/** Opens the choice of senders. */
export function fromMenu(composing: Composing, { accounts, undo }: Store, at: HTMLElement): void {
  const items = accounts.servers.flatMap((one) =>
    one.identities.map((from) => ({
      label: `${from.name} ${from.email}`.trim(),
      checked: from.id === composing.identity,
      run: () => void composing.chooseIdentity(one.id, from.id).catch((thrown: unknown) => undo.fail(thrown)),
    })),
  );
  menus.show(t('compose-from'), items, at);
}
