/** The menus of the list: what can be done to rows, how it is ordered and filtered. */
import { commands } from '@/command/registry.svelte';
import { type CommandId, factsOf } from '@/command/table';
import { type MenuItem, menus } from '@/component/menu.svelte';
import type { SortKey } from '@/ipc/generated';
import { refusal } from '@/state/rights';
import type { Store } from '@/state/store.svelte';
import type { Key } from '@/text/keys';
import { t } from '@/text/text.svelte';

/** Returns a menu line for a command. */
function line(id: CommandId, more: Partial<MenuItem> = {}): MenuItem {
  const { label, icon } = factsOf(id);
  return {
    label: t(label),
    icon,
    caps: commands.caps(id),
    disabled: !commands.can(id),
    run: () => commands.run(id),
    ...more,
  };
}

/** Opens the menu of the rows. */
export function rowMenu(store: Store, at: HTMLElement | { x: number; y: number }): void {
  const { activeRow, marked } = store.list;
  const single = marked.isEmpty;
  const inJunk = activeRow && store.mailboxes.byId(activeRow.mailbox)?.role === 'junk';
  const home = activeRow ? store.mailboxes.byId(activeRow.mailbox) : undefined;
  const stays = { why: refusal(home, 'remove') };
  const items: MenuItem[] = [
    ...(single ? [line('message.reply'), line('message.replyAll'), line('message.forward')] : []),
    line('message.forwardAttached'),
    line('message.archive', { apart: true, ...stays }),
    line('message.trash', stays),
    line(inJunk ? 'message.notJunk' : 'message.junk', stays),
    line('message.move', stays),
    line('message.copy'),
    line('message.toggleRead', {
      apart: true,
      why: refusal(home, 'markRead'),
      ...(single ? { label: t(activeRow?.unread ? 'command-mark-read' : 'command-mark-unread') } : {}),
    }),
    line('message.toggleStar', {
      why: refusal(home, 'flag'),
      ...(single && activeRow?.starred ? { label: t('command-unstar') } : {}),
    }),
    ...(single ? [line('message.source', { apart: true }), line('message.save')] : [line('message.merge')]),
    line('message.delete', { apart: true, danger: true, ...stays }),
  ];
  menus.show(t('list'), items, at);
}

const SORTS: [SortKey, Key][] = [
  ['date', 'sort-date'],
  ['sender', 'sort-sender'],
  ['subject', 'sort-subject'],
  ['size', 'sort-size'],
];

/** Opens the menu that orders the list. */
export function sortMenu(store: Store, at: HTMLElement): void {
  const { list } = store;
  const order = (sort: SortKey, ascending: boolean) => void list.setSort(sort, ascending);
  const items = SORTS.map(([sort, key]): MenuItem => {
    return {
      label: t(key),
      checked: list.sort === sort,
      run: () => order(sort, sort === 'sender' || sort === 'subject'),
    };
  });
  items.push(
    { label: t('sort-descending'), checked: !list.ascending, apart: true, run: () => order(list.sort, false) },
    { label: t('sort-ascending'), checked: list.ascending, run: () => order(list.sort, true) },
    {
      label: t('command-conversations'),
      checked: store.preferences.value.conversations,
      apart: true,
      run: () => commands.run('list.conversations'),
    },
  );
  menus.show(t('list-sort', { order: sortWords(list.sort) }), items, at);
}

/** Returns the words of an order. */
export function sortWords(sort: SortKey): string {
  return t(SORTS.find(([key]) => key === sort)?.[1] ?? 'sort-date');
}

/** Opens the menu that filters the list. */
export function filterMenu(store: Store, at: HTMLElement): void {
  const { filter } = store.list;
  const items: MenuItem[] = [
    line('list.filterUnread', { label: t('list-filter-unread'), checked: filter.unread }),
    line('list.filterStarred', { label: t('list-filter-starred'), checked: filter.starred }),
    line('list.filterFiles', { label: t('list-filter-files'), checked: filter.withFiles }),
    line('list.markAllRead', { apart: true }),
  ];
  menus.show(t('list-filter'), items, at);
}
