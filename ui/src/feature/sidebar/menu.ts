/** The menu of a folder and of an account. */
import ArrowDown from '@lucide/svelte/icons/arrow-down';
import ArrowDownAZ from '@lucide/svelte/icons/arrow-down-a-z';
import ArrowUp from '@lucide/svelte/icons/arrow-up';
import Bell from '@lucide/svelte/icons/bell';
import BellOff from '@lucide/svelte/icons/bell-off';
import Bookmark from '@lucide/svelte/icons/bookmark';
import ChartPie from '@lucide/svelte/icons/chart-pie';
import FolderCog from '@lucide/svelte/icons/folder-cog';
import FolderDown from '@lucide/svelte/icons/folder-down';
import FolderInput from '@lucide/svelte/icons/folder-input';
import FolderPen from '@lucide/svelte/icons/folder-pen';
import FolderPlus from '@lucide/svelte/icons/folder-plus';
import FolderUp from '@lucide/svelte/icons/folder-up';
import HardDrive from '@lucide/svelte/icons/hard-drive';
import MailCheck from '@lucide/svelte/icons/mail-check';
import RefreshCw from '@lucide/svelte/icons/refresh-cw';
import Server from '@lucide/svelte/icons/server';
import Settings from '@lucide/svelte/icons/settings';
import Trash2 from '@lucide/svelte/icons/trash-2';
import { type MenuItem, menus } from '@/component/menu.svelte';
import type { Account, Mailbox } from '@/ipc/generated';
import { isLocal } from '@/state/accounts.svelte';
import { type Branch, mailboxName } from '@/state/mailboxes.svelte';
import { may, refusal } from '@/state/rights';
import type { Store } from '@/state/store.svelte';
import { t } from '@/text/text.svelte';

/** Opens the menu of a folder. The inbox is not renamed, moved or deleted; what the server forbids it says itself. */
export function folderMenu(store: Store, mailbox: Mailbox, at: HTMLElement | { x: number; y: number }): void {
  const items = [...contents(store, mailbox), ...shape(store, mailbox), ...look(store, mailbox)];
  menus.show(mailboxName(mailbox), items, at);
}

/** What can be done to the messages of a folder. */
function contents(store: Store, mailbox: Mailbox): MenuItem[] {
  const { actions } = store;
  const items: MenuItem[] = [
    {
      label: t('command-mark-all-read'),
      icon: MailCheck,
      disabled: mailbox.unread === 0 || !may(mailbox, 'markRead'),
      why: refusal(mailbox, 'markRead'),
      run: () => void actions.markAllRead(mailbox),
    },
  ];
  if (mailbox.role === 'trash' || mailbox.role === 'junk') {
    items.push({
      label: t(mailbox.role === 'trash' ? 'folder-empty-trash' : 'folder-empty-junk'),
      icon: Trash2,
      danger: true,
      disabled: mailbox.total === 0 || !may(mailbox, 'remove'),
      why: refusal(mailbox, 'remove'),
      run: () => void actions.empty(mailbox),
    });
  }
  return items;
}

/** What can be done to the folder itself. */
function shape(store: Store, mailbox: Mailbox): MenuItem[] {
  const { actions, screen } = store;
  const fixed = mailbox.role === 'inbox' || !may(mailbox, 'deleteFolder');
  const why = refusal(mailbox, 'deleteFolder');
  const flat = mailbox.delimiter === '';
  const move = () => {
    screen.movedFolder = mailbox.id;
    screen.layer = 'moveFolder';
  };
  return [
    {
      label: t('folder-new-in'),
      icon: FolderPlus,
      apart: true,
      disabled: flat || !may(mailbox, 'create'),
      why: refusal(mailbox, 'create'),
      run: () => void actions.createMailbox(mailbox.account, mailbox.id),
    },
    {
      label: t('folder-rename'),
      icon: FolderPen,
      disabled: fixed,
      why,
      run: () => void actions.renameMailbox(mailbox),
    },
    { label: t('folder-move'), icon: FolderInput, disabled: fixed || flat, why, run: move },
    {
      label: t('folder-delete'),
      icon: Trash2,
      danger: true,
      disabled: fixed,
      why,
      run: () => void actions.deleteMailbox(mailbox),
    },
  ];
}

/** How the folder looks here. */
function look(store: Store, mailbox: Mailbox): MenuItem[] {
  const { actions, mailboxes, screen } = store;
  const siblings = mailboxes.siblings(mailbox);
  const at = siblings.findIndex((one) => one.id === mailbox.id);
  const items: MenuItem[] = [
    {
      label: t(mailbox.favourite ? 'folder-unfavourite' : 'folder-favourite'),
      icon: Bookmark,
      apart: true,
      run: () => void actions.setLook(mailbox.id, { favourite: !mailbox.favourite }),
    },
    { label: t('folder-up'), icon: ArrowUp, disabled: at <= 0, run: () => void actions.shift(mailbox, -1) },
    {
      label: t('folder-down'),
      icon: ArrowDown,
      disabled: at === siblings.length - 1,
      run: () => void actions.shift(mailbox, 1),
    },
  ];
  if (siblings.some((one) => one.place !== null)) {
    items.push({ label: t('folder-by-name'), icon: ArrowDownAZ, run: () => void actions.shift(mailbox, 0) });
  }
  if (!mailbox.local) {
    items.push({
      label: t(mailbox.subscribed ? 'folder-unsubscribe' : 'folder-subscribe'),
      icon: mailbox.subscribed ? BellOff : Bell,
      run: () => void actions.setSubscribed(mailbox, !mailbox.subscribed),
    });
  }
  items.push(
    {
      label: t('archive-import'),
      icon: FolderDown,
      apart: true,
      disabled: !mailbox.selectable || !may(mailbox, 'insert'),
      why: refusal(mailbox, 'insert'),
      run: () => void (store.archives.importInto = mailbox.id),
    },
    { label: t('archive-export'), icon: FolderUp, run: () => void (store.archives.exportOf = mailbox.id) },
  );
  items.push({
    label: t('folder-properties'),
    icon: FolderCog,
    apart: true,
    run: () => void (screen.propertiesOf = mailbox.id),
  });
  return items;
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

function storageItem(store: Store, account: Account): MenuItem {
  return { label: t('storage'), icon: ChartPie, apart: true, run: () => void (store.screen.storageOf = account.id) };
}

/** What is on the server of a POP3 account. */
function maildropItem(store: Store, account: Account): MenuItem[] {
  if (account.config.incoming.protocol !== 'pop3') return [];
  const run = () => store.screen.openMaildrop(account.id);
  return [{ label: t('command-maildrop'), icon: Server, disabled: !account.enabled, run }];
}

/** The folders of this computer have no server to ask and no settings. */
function localMenu(store: Store, account: Account, at: HTMLElement | { x: number; y: number }): void {
  const items: MenuItem[] = [
    { label: t('folder-new'), icon: FolderPlus, run: () => void store.actions.createMailbox(account.id, null) },
    storageItem(store, account),
  ];
  menus.show(account.config.label, items, at);
}

/** Opens the menu of an account. */
export function accountMenu(store: Store, account: Account, at: HTMLElement | { x: number; y: number }): void {
  if (isLocal(account)) return localMenu(store, account, at);
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
    { label: t('command-new-local-folder'), icon: HardDrive, run: () => void store.actions.createLocalMailbox() },
    storageItem(store, account),
    ...maildropItem(store, account),
    {
      label: t('status-open-account'),
      icon: Settings,
      apart: true,
      run: () => store.screen.openSettings(`account:${account.id}`),
    },
  ];
  menus.show(account.config.label, items, at);
}
