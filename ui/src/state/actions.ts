/**
 * What the user does to messages and folders. Each is one call; the engine changes what is here at once and tells the
 * server later, so nothing waits. What it did goes to the undo bar, what failed too.
 */
import { asEngineError, type Engine } from '@/ipc/engine';
import type { Mailbox, MailboxRole, MessageHead, Row, Selection, SplitReach, Undoable } from '@/ipc/generated';
import { t } from '@/text/text.svelte';
import type { List } from './list.svelte';
import { type Mailboxes, mailboxName } from './mailboxes.svelte';
import type { Preferences } from './preferences.svelte';
import type { FolderQuestion, Screen } from './screen.svelte';
import { may } from './rights';
import { Marked } from './selection';
import type { UndoBar } from './undo.svelte';

/** Uses that an account may have no folder for. */
const ASKED = ['archive', 'trash', 'junk', 'sent'] as const;

/** Actions that take messages out of the list. */
export type Removal = 'archive' | 'trash' | 'junk' | 'notJunk';

/** Returns the question that an error means: the account has no folder for this (`ROLE:ACCOUNT`). */
export function folderQuestion(thrown: unknown): FolderQuestion | null {
  const { code, detail } = asEngineError(thrown).data;
  if (code !== 'needsFolder') return null;
  const [word = '', account = ''] = detail.split(':');
  const role = ASKED.find((one) => one === word);
  return role ? { account: Number(account), role } : null;
}

/** The actions. */
export class Actions {
  constructor(
    private readonly engine: Engine,
    private readonly list: List,
    private readonly mailboxes: Mailboxes,
    private readonly preferences: Preferences,
    private readonly undo: UndoBar,
    private readonly screen: Screen,
  ) {}

  /** Archives, trashes, marks as junk or not, and goes on to the next row. */
  async remove(how: Removal, target = this.list.target): Promise<void> {
    if (!target) return;
    if (how === 'trash' && this.#inTrashOrJunk(target)) return this.deleteForGood(target);
    await this.#leaving(target, () => this.engine.call(`messages.${how}`, { selection: target }));
  }

  /** Removes a row that is not the one in focus; the focus stays. */
  async removeRow(how: 'archive' | 'trash', target: Selection): Promise<void> {
    if (how === 'trash' && this.#inTrashOrJunk(target)) return this.deleteForGood(target);
    await this.#done(() => this.engine.call(`messages.${how}`, { selection: target }));
  }

  /** Deletes for good, after asking: it cannot be taken back. */
  async deleteForGood(target = this.list.target): Promise<void> {
    if (!target) return;
    const count = target.kind === 'messages' ? target.messages.length : this.list.targetCount;
    const title = t('ask-delete-title', { count });
    const yes = await this.screen.ask({
      title,
      text: t('ask-delete-text'),
      action: t('ask-delete-action'),
      danger: true,
    });
    if (yes) await this.#leaving(target, () => this.engine.call('messages.delete', { selection: target }));
  }

  /** Deletes for good what found no room in the trash, after asking. */
  async deleteInstead(operation: number, count: number): Promise<void> {
    const yes = await this.screen.ask({
      title: t('ask-instead-title', { count }),
      text: t('ask-instead-text'),
      action: t('ask-delete-action'),
      danger: true,
    });
    if (yes) await this.#done(() => this.engine.call('operations.deleteInstead', { id: operation }));
  }

  /** Copies to a folder. */
  async copy(mailbox: number, target = this.list.target): Promise<void> {
    if (target) await this.#done(() => this.engine.call('messages.copy', { selection: target, mailbox }));
  }

  /** Moves to a folder. */
  async move(mailbox: number, target = this.list.target): Promise<void> {
    if (!target) return;
    await this.#leaving(target, () => this.engine.call('messages.move', { selection: target, mailbox }));
  }

  /** Makes a conversation of its own of a message, or of it and what came after it. */
  async split(message: number, reach: SplitReach): Promise<void> {
    await this.#done(() => this.engine.call('threads.split', { message, reach }));
  }

  /** Makes one conversation of what is chosen; the marks go, since their rows become one. */
  async merge(target = this.list.target): Promise<void> {
    if (!target) return;
    await this.#done(async () => {
      const done = await this.engine.call('threads.merge', { selection: target });
      this.list.marked = Marked.none;
      return done;
    });
  }

  /** Takes back what the user did to the conversation of a message. */
  async restoreConversation(message: number): Promise<void> {
    await this.#done(() => this.engine.call('threads.restore', { id: message }));
  }

  /** Marks as read or unread. */
  async setRead(value: boolean, target = this.list.target): Promise<void> {
    if (target) await this.#done(() => this.engine.call('messages.setRead', { selection: target, value }));
  }

  /** Stars, or takes the star away. */
  async setStarred(value: boolean, target = this.list.target): Promise<void> {
    if (target) await this.#done(() => this.engine.call('messages.setStarred', { selection: target, value }));
  }

  /** Turns read into unread and back, by the row in focus. */
  async toggleRead(row: Row | undefined = this.list.activeRow, target = this.list.target): Promise<void> {
    await this.setRead(this.list.marked.isEmpty ? (row?.unread ?? true) : this.#anyMarked('unread'), target);
  }

  /** Turns the star on and off, by the row in focus. */
  async toggleStar(row: Row | undefined = this.list.activeRow, target = this.list.target): Promise<void> {
    await this.setStarred(this.list.marked.isEmpty ? !row?.starred : !this.#anyMarked('starred'), target);
  }

  /** Marks everything in a folder as read. */
  async markAllRead(mailbox: Mailbox): Promise<void> {
    await this.#done(() => this.engine.call('mailboxes.markAllRead', { id: mailbox.id }));
  }

  /** Creates a folder, by a name that is asked for. */
  async createMailbox(account: number, parent: number | null): Promise<void> {
    const words = { title: t('folder-new'), label: t('folder-name'), value: '', action: t('create') };
    const name = await this.screen.askName(words);
    if (name) await this.#done(() => this.engine.call('mailboxes.create', { account, parent, name }));
  }

  /** Creates a folder of this computer, which belongs to no server; returns it, null where the user cancelled. */
  async createLocalMailbox(): Promise<number | null> {
    const words = { title: t('command-new-local-folder'), label: t('folder-name'), value: '', action: t('create') };
    const name = await this.screen.askName(words);
    if (!name) return null;
    let made: number | null = null;
    await this.#done(async () => {
      const { id } = await this.engine.call('accounts.openLocal', {});
      const done = await this.engine.call('mailboxes.create', { account: id, parent: null, name });
      const all = await this.engine.call('mailboxes.list', {});
      this.mailboxes.list = all;
      made = all.find((one) => one.account === id && one.parent === null && one.name === name)?.id ?? null;
      return done;
    });
    return made;
  }

  /** Renames a folder, by a name that is asked for. */
  async renameMailbox(mailbox: Mailbox): Promise<void> {
    const words = { title: t('folder-rename'), label: t('folder-name'), value: mailbox.name, action: t('rename') };
    const name = await this.screen.askName(words);
    if (name && name !== mailbox.name) {
      await this.#done(() => this.engine.call('mailboxes.rename', { id: mailbox.id, name }));
    }
  }

  /** Deletes a folder with its messages, after asking. */
  async deleteMailbox(mailbox: Mailbox): Promise<void> {
    const below = this.mailboxes.below(mailbox);
    const total = below.reduce((sum, one) => sum + one.total, mailbox.total);
    const words = [t('ask-delete-folder-text', { count: total })];
    if (below.length > 0) words.push(t('ask-delete-folder-below', { count: below.length }));
    const yes = await this.screen.ask({
      title: t('ask-delete-folder-title', { name: mailboxName(mailbox) }),
      text: words.join(' '),
      action: t('ask-delete-folder-action'),
      danger: true,
    });
    if (!yes) return;
    const { place } = this.list;
    const gone = [mailbox, ...below].map((one) => one.id);
    if (place.kind === 'mailbox' && gone.includes(place.mailbox)) await this.list.open({ kind: 'role', role: 'inbox' });
    await this.#done(() => this.engine.call('mailboxes.delete', { id: mailbox.id }));
  }

  /** Moves a folder below another, or to the top (null). */
  async moveMailbox(id: number, parent: number | null): Promise<void> {
    await this.#done(() => this.engine.call('mailboxes.move', { id, parent }));
  }

  /** Subscribes to a folder, or ends that. */
  async setSubscribed(mailbox: Mailbox, value: boolean): Promise<void> {
    await this.#done(() => this.engine.call('mailboxes.setSubscribed', { id: mailbox.id, value }));
  }

  /** Deletes everything in the trash or in junk for good, after asking. */
  async empty(mailbox: Mailbox): Promise<void> {
    const yes = await this.screen.ask({
      title: t('ask-empty-title', { count: mailbox.total, name: mailboxName(mailbox) }),
      text: t('ask-empty-text'),
      action: t('ask-empty-action'),
      danger: true,
    });
    if (yes) await this.#done(() => this.engine.call('mailboxes.empty', { id: mailbox.id }));
  }

  /** Changes how a folder looks here, or what it is for. */
  async setLook(id: number, look: { favourite?: boolean; colour?: number }): Promise<void> {
    const { favourite = null, colour = null } = look;
    await this.#quiet(() => this.engine.call('mailboxes.setLook', { id, favourite, colour }));
  }

  /** Says what a folder is for; null = as the server says. */
  async setRole(id: number, role: MailboxRole | null): Promise<void> {
    await this.#quiet(() => this.engine.call('mailboxes.setRole', { id, role }));
  }

  /** Puts a folder one place up (-1) or down (1) among its siblings; 0 orders all of them by name again. */
  async shift(mailbox: Mailbox, by: -1 | 0 | 1): Promise<void> {
    const ids = this.mailboxes.siblings(mailbox).map((one) => one.id);
    const at = ids.indexOf(mailbox.id);
    const to = Math.max(0, Math.min(ids.length - 1, at + by));
    ids.splice(to, 0, ...ids.splice(at, 1));
    await this.#quiet(() => this.engine.call('mailboxes.order', { ids, byName: by === 0 }));
  }

  /** Puts folders of one parent into this order. */
  async order(ids: number[]): Promise<void> {
    await this.#quiet(() => this.engine.call('mailboxes.order', { ids, byName: false }));
  }

  /** Folders that a move can go to: those of the row's account first, then of the others. */
  destinations(head?: MessageHead): Mailbox[] {
    const own = head?.account ?? this.list.activeRow?.account;
    const home = head ? undefined : this.list.activeRow?.mailbox;
    const all = this.mailboxes.list.filter((one) => one.selectable && may(one, 'insert') && one.id !== home);
    return [...all.filter(({ account }) => account === own), ...all.filter(({ account }) => account !== own)];
  }

  #inTrashOrJunk(target: Selection): boolean {
    const { place, activeRow } = this.list;
    if (target.kind === 'messages') return false;
    if (place.kind === 'role') return place.role === 'trash' || place.role === 'junk';
    const id = place.kind === 'mailbox' ? place.mailbox : activeRow?.mailbox;
    const role = id === undefined ? undefined : this.mailboxes.byId(id)?.role;
    return role === 'trash' || role === 'junk';
  }

  #anyMarked(what: 'unread' | 'starred'): boolean {
    for (let index = 0; index < this.list.total && index < 5_000; index += 1) {
      const row = this.list.row(index);
      if (row && row[what] && this.list.marked.has(row.message)) return true;
    }
    return false;
  }

  /** What is seen at once and needs no word. */
  async #quiet(call: () => Promise<unknown>): Promise<void> {
    try {
      await call();
    } catch (thrown) {
      this.undo.fail(thrown, () => this.#quiet(call));
    }
  }

  async #leaving(target: Selection, call: () => Promise<Undoable>): Promise<void> {
    if (target.kind !== 'messages') this.list.leave(this.preferences.value.afterRemoval);
    await this.#done(call);
  }

  async #done(call: () => Promise<Undoable>): Promise<void> {
    try {
      this.undo.push(await call());
    } catch (thrown) {
      const question = folderQuestion(thrown);
      if (question) {
        if (await this.screen.askFolder(question)) await this.#done(call);
        return;
      }
      this.undo.fail(thrown, () => this.#done(call));
    }
  }
}
