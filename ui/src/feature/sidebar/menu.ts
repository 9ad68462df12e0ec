/** The menu of a folder and of an account. */
import FolderPen from '@lucide/svelte/icons/folder-pen';
import FolderPlus from '@lucide/svelte/icons/folder-plus';
import MailCheck from '@lucide/svelte/icons/mail-check';
import RefreshCw from '@lucide/svelte/icons/refresh-cw';
import Settings from '@lucide/svelte/icons/settings';
import Trash2 from '@lucide/svelte/icons/trash-2';
import { type MenuItem, menus } from '@/component/menu.svelte';
import type { Account, Mailbox } from '@/ipc/generated';
import { type Branch, mailboxName } from '@/state/mailboxes.svelte';
import type { Store } from '@/state/store.svelte';
import { t } from '@/text/text.svelte';

/** Opens the menu of a folder. Folders with a role are not renamed or deleted from here. */
export function folderMenu(store: Store, mailbox: Mailbox, at: HTMLElement | { x: number; y: number }): void {
  const { actions } = store;
  const fixed = mailbox.role !== 'other';
  const items: MenuItem[] = [
    {
      label: t('command-mark-all-read'),
      icon: MailCheck,
      disabled: mailbox.unread === 0,
      run: () => void actions.markAllRead(mailbox),
    },
    {
      label: t('folder-new-in'),
      icon: FolderPlus,
      apart: true,
      run: () => void actions.createMailbox(mailbox.account, mailbox.id),
    },
    { label: t('folder-rename'), icon: FolderPen, disabled: fixed, run: () => void actions.renameMailbox(mailbox) },
    {
      label: t('folder-delete'),
      icon: Trash2,
      danger: true,
      disabled: fixed,
      apart: true,
      run: () => void actions.deleteMailbox(mailbox),
    },
  ];
  menus.show(mailboxName(mailbox), items, at);
}

/** Opens the folders of an account as a menu. */
export function foldersMenu(store: Store, account: Account, at: HTMLElement): void {
  const { list, mailboxes } = store;
  const flat = (branches: Branch[]): Mailbox[] =>
    branches.flatMap(({ mailbox, children }) => [mailbox, ...flat(children)]);
  const items = flat(mailboxes.tree(account.id)).map((mailbox): MenuItem => {
    const count = mailbox.unread > 0 ? ` (${mailbox.unread})` : '';
    return {
      label: mailboxName(mailbox) + count,
      checked: list.place.kind === 'mailbox' && list.place.mailbox === mailbox.id,
      disabled: !mailbox.selectable,
      run: () => void list.open({ kind: 'mailbox', mailbox: mailbox.id }),
    };
  });
  menus.show(account.config.label, items, at);
}

/** Opens the menu of an account. */
export function accountMenu(store: Store, account: Account, at: HTMLElement | { x: number; y: number }): void {
  const check = () => store.engine.call('accounts.checkNow', { account: account.id });
  const items: MenuItem[] = [
    {
      label: t('command-check-now'),
      icon: RefreshCw,
      disabled: !account.enabled,
      run: () => void check().catch((thrown: unknown) => store.undo.fail(thrown)),
    },
    {
      label: t('folder-new'),
      icon: FolderPlus,
      apart: true,
      run: () => void store.actions.createMailbox(account.id, null),
    },
    {
      label: t('status-open-account'),
      icon: Settings,
      apart: true,
      run: () => store.screen.openSettings(`account:${account.id}`),
    },
  ];
  menus.show(account.config.label, items, at);
}
