/**
 * What the user does to messages and folders. Each is one call; the engine changes what is here at once and tells the
 * server later, so nothing waits. What it did goes to the undo bar, what failed too.
 */
import type { Engine } from '@/ipc/engine';
import type { Mailbox, MessageHead, Row, Selection, Undoable } from '@/ipc/generated';
import { t } from '@/text/text.svelte';
import type { List } from './list.svelte';
import { type Mailboxes, mailboxName } from './mailboxes.svelte';
import type { Preferences } from './preferences.svelte';
import type { Screen } from './screen.svelte';
import type { UndoBar } from './undo.svelte';

/** Actions that take messages out of the list. */
export type Removal = 'archive' | 'trash' | 'junk' | 'notJunk';

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

  /** Moves to a folder. */
  async move(mailbox: number, target = this.list.target): Promise<void> {
    if (!target) return;
    await this.#leaving(target, () => this.engine.call('messages.move', { selection: target, mailbox }));
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
    const yes = await this.screen.ask({
      title: t('ask-delete-folder-title', { name: mailboxName(mailbox) }),
      text: t('ask-delete-folder-text', { count: mailbox.total }),
      action: t('ask-delete-folder-action'),
      danger: true,
    });
    if (!yes) return;
    const { place } = this.list;
    if (place.kind === 'mailbox' && place.mailbox === mailbox.id) await this.list.open({ kind: 'role', role: 'inbox' });
    await this.#done(() => this.engine.call('mailboxes.delete', { id: mailbox.id }));
  }

  /** Folders that a move can go to: those of the accounts of the rows. */
  destinations(head?: MessageHead): Mailbox[] {
    const account = head?.account ?? this.list.activeRow?.account;
    return this.mailboxes.list.filter((mailbox) => mailbox.account === account && mailbox.selectable);
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

  async #leaving(target: Selection, call: () => Promise<Undoable>): Promise<void> {
    if (target.kind !== 'messages') this.list.leave(this.preferences.value.afterRemoval);
    await this.#done(call);
  }

  async #done(call: () => Promise<Undoable>): Promise<void> {
    try {
      this.undo.push(await call());
    } catch (thrown) {
      this.undo.fail(thrown, () => this.#done(call));
    }
  }
}
