/** What each command does on this page. */
import type { Behaviour } from '@/command/registry.svelte';
import type { CommandId } from '@/command/table';
import { charsetMenu } from '@/feature/reader/charset';
import { canSplitFrom, messageHere } from '@/feature/reader/arrange';
import { goOn } from '@/feature/reader/draft';
import { chooseReminder, writeAgain } from '@/feature/reader/followup';
import { printMessage } from '@/feature/reader/print';
import type { Account, MailboxRole, Selection, SplitReach } from '@/ipc/generated';
import type { Format, Writing } from '@/state/compose.svelte';
import type { Place } from '@/state/place';
import { may, type Need } from '@/state/rights';
import type { Store } from '@/state/store.svelte';
import { focusSearch, nextPane } from './panes';
import { askToQuit } from './shell';

const THEMES = ['system', 'light', 'dark', 'contrast'] as const;

/** Returns what all commands do. */
export function behaviours(store: Store): Partial<Record<CommandId, Behaviour>> {
  return {
    ...messageCommands(store),
    ...composeCommands(store),
    ...listCommands(store),
    ...folderCommands(store),
    ...goCommands(store),
    ...appCommands(store),
  };
}

function messageCommands(store: Store): Partial<Record<CommandId, Behaviour>> {
  const { actions, list, reader, screen, compose } = store;
  const any = () => screen.page === 'mail' && list.target !== null;
  /** What is chosen may be changed so: the folder of the row in focus decides. */
  const allowed = (need: Need) => () => any() && may(store.mailboxes.byId(list.activeRow?.mailbox ?? -1), need);
  const read = () => reader.subject !== undefined && screen.page === 'mail';
  const split = (reach: SplitReach): Behaviour => ({
    when: () => {
      const here = messageHere(reader);
      const alone = reach === 'message' && (reader.conversation?.messages.length ?? 0) > 1;
      return read() && here !== undefined && (alone || canSplitFrom(reader, here.id));
    },
    run: () => {
      const here = messageHere(reader);
      return here ? actions.split(here.id, reach) : undefined;
    },
  });
  const begin = async (how: { kind: 'reply'; all: boolean } | { kind: 'forward' }): Promise<void> => {
    const message = reader.subject?.id;
    if (message === undefined) return;
    if (how.kind === 'forward') await compose.start({ ...how, message });
    else await compose.start({ ...how, message, ...reader.quoteOf(message) });
  };
  const answer = (all: boolean): Behaviour => ({
    when: read,
    run: () => begin({ kind: 'reply', all }),
  });
  return {
    'compose.new': { run: () => newMessage(store) },
    'message.reply': answer(false),
    'message.replyAll': answer(true),
    'message.forward': {
      when: read,
      run: () => begin({ kind: 'forward' }),
    },
    'message.forwardAttached': { when: () => any() || read(), run: () => forwardAttached(store) },
    'message.redirect': { when: read, run: () => void (screen.redirectOf = reader.subject?.id ?? null) },
    'message.sendAgain': {
      when: read,
      run: async () => {
        const message = reader.subject?.id;
        if (message !== undefined) await compose.start({ kind: 'again', message });
      },
    },
    ...followUpCommands(store),
    'message.archive': { when: allowed('remove'), run: () => actions.remove('archive') },
    'message.trash': { when: allowed('remove'), run: () => actions.remove('trash') },
    'message.delete': { when: allowed('remove'), run: () => actions.deleteForGood() },
    'message.junk': { when: allowed('remove'), run: () => actions.remove('junk') },
    'message.notJunk': { when: allowed('remove'), run: () => actions.remove('notJunk') },
    'message.move': { when: allowed('remove'), run: () => void (screen.layer = 'move') },
    'message.copy': { when: any, run: () => void (screen.layer = 'copy') },
    'message.toggleRead': { when: allowed('markRead'), run: () => actions.toggleRead() },
    'message.toggleStar': { when: allowed('flag'), run: () => actions.toggleStar() },
    'message.expandAll': { when: read, run: () => reader.toggleAll() },
    'message.split': split('fromHere'),
    'message.splitAlone': split('message'),
    'message.merge': {
      when: () => any() && list.grouped && list.targetCount > 1,
      run: () => actions.merge(),
    },
    'message.restoreConversation': {
      when: () => read() && (reader.conversation?.arranged ?? null) !== null,
      run: () => (reader.subject ? actions.restoreConversation(reader.subject.id) : undefined),
    },
    'message.images': { when: read, run: () => (reader.subject ? reader.load(reader.subject.id, true) : undefined) },
    'message.source': { when: read, run: () => void (screen.sourceOf = reader.subject?.id ?? null) },
    'message.find': { when: read, run: () => reader.find.begin() },
    'message.findNext': { when: () => reader.find.open, run: () => reader.find.step(1) },
    'message.findPrevious': { when: () => reader.find.open, run: () => reader.find.step(-1) },
    'message.print': { when: read, run: () => (reader.subject ? printMessage(store, reader.subject) : undefined) },
    'message.charset': { when: read, run: () => chooseCharset(store) },
    'message.save': { when: read, run: () => saveMessage(store) },
    'message.dark': look(store, 'dark'),
    'message.simple': look(store, 'simple'),
  };
}

/** Reminders are of the user's own message that is read. */
function followUpCommands(store: Store): Partial<Record<CommandId, Behaviour>> {
  const { followUps, reader, screen } = store;
  const own = () => (screen.page === 'mail' && reader.subject?.own ? reader.subject.id : undefined);
  const reminded = () => {
    const message = own();
    return message !== undefined && followUps.of(message) ? message : undefined;
  };
  return {
    'message.followUp': {
      when: () => own() !== undefined,
      run: () => {
        const message = own();
        const at = document.querySelector<HTMLElement>(`[data-message="${message}"] .msg__right button:last-child`);
        // After whatever menu or palette chose it has gone.
        if (message !== undefined && at) setTimeout(() => chooseReminder(store, message, at));
      },
    },
    'message.followUpDone': {
      when: () => reminded() !== undefined,
      run: () => {
        const message = reminded();
        return message === undefined ? undefined : followUps.remove(message);
      },
    },
    'message.writeAgain': {
      when: () => own() !== undefined,
      run: () => {
        const message = own();
        return message === undefined ? undefined : writeAgain(store, message);
      },
    },
  };
}

/** Switches a look on, or back to the message's own; what was chosen holds for the sender. */
function look({ reader, undo }: Store, wanted: 'dark' | 'simple'): Behaviour {
  const opened = () => (reader.subject ? reader.opened.get(reader.subject.id) : undefined);
  return {
    when: () => opened()?.hasDesign === true,
    run: async () => {
      const message = opened();
      if (!message) return;
      try {
        await reader.setLook(message.head.id, message.look === wanted ? 'own' : wanted);
      } catch (thrown) {
        undo.fail(thrown);
      }
    },
  };
}

/** Forwards what is marked, or the message that is read, as files. */
async function forwardAttached({ compose, list, reader }: Store): Promise<void> {
  const message = reader.subject?.id;
  const alone: Selection | null = message === undefined ? null : { kind: 'messages', messages: [message] };
  const selection = list.marked.isEmpty ? (alone ?? list.target) : list.target;
  if (selection) await compose.start({ kind: 'forwardAttached', selection });
}

async function newMessage(store: Store): Promise<void> {
  store.screen.page = 'mail';
  await store.compose.start({ kind: 'blank', account: store.accountHere });
}

function composeCommands({ compose }: Store): Partial<Record<CommandId, Behaviour>> {
  const here = (run: (writing: Writing) => void | Promise<void>, when?: (writing: Writing) => boolean): Behaviour => ({
    when: () => compose.writing !== null && (when?.(compose.writing) ?? true),
    run: () => (compose.writing ? run(compose.writing) : undefined),
  });
  const format = (format: Format): Behaviour =>
    here(
      (writing) => writing.format(format),
      (writing) => !writing.plain,
    );
  return {
    'compose.send': here((writing) => writing.send(false)),
    'compose.sendArchive': here(
      (writing) => writing.send(true),
      (writing) => writing.answers,
    ),
    'compose.sendLater': here((writing) => writing.sendLater()),
    'compose.hold': here((writing) => writing.hold()),
    // Later: the menu that this was chosen from closes first.
    'compose.followUp': here((writing) => void setTimeout(() => writing.chooseFollowUp())),
    'compose.attach': here((writing) => writing.attach()),
    'compose.picture': here((writing) => writing.picture()),
    // Later: the menu that this was chosen from closes first.
    'compose.template': here((writing) => void setTimeout(() => writing.chooseTemplate())),
    'compose.saveTemplate': here((writing) => writing.saveTemplate()),
    'compose.bold': format('bold'),
    'compose.italic': format('italic'),
    'compose.underline': format('underline'),
    'compose.list': format('list'),
    'compose.numbered': format('numbered'),
    'compose.quote': format('quote'),
    'compose.clear': format('clear'),
    'compose.link': here(
      (writing) => writing.link(),
      (writing) => !writing.plain,
    ),
    'compose.plain': here((writing) => writing.togglePlain()),
    'compose.from': here((writing) => writing.chooseFrom()),
    'compose.saveGroup': here((writing) => void setTimeout(() => writing.saveGroup())),
    'compose.signature': here((writing) => writing.chooseSignature()),
    'compose.to': here((writing) => writing.focus('to')),
    'compose.cc': here((writing) => writing.focus('cc')),
    'compose.bcc': here((writing) => writing.focus('bcc')),
    'compose.bccSelf': here((writing) => writing.toggleCopySelf()),
    'compose.report': here((writing) => writing.toggleWish('report')),
    'compose.receipt': here((writing) => writing.toggleWish('receipt')),
    'compose.subject': here((writing) => writing.focus('subject')),
    'compose.text': here((writing) => writing.focus('text')),
    'compose.versions': here((writing) => writing.versions()),
    'compose.discard': here((writing) => writing.discard()),
    'compose.close': here((writing) => writing.close()),
  };
}

/** Below the message it is about, wherever the command came from. */
function chooseCharset(store: Store): void {
  const id = store.reader.subject?.id;
  const at = document.querySelector<HTMLElement>(`[data-message="${id}"] .msg__right button:last-child`);
  // After whatever menu or palette chose it has gone.
  if (id !== undefined && at) setTimeout(() => charsetMenu(store, id, at));
}

async function saveMessage(store: Store): Promise<void> {
  const head = store.reader.subject;
  if (!head) return;
  const name = (head.subject.replace(/[/\\:*?"<>|\p{Cc}]+/gu, ' ').trim() || 'message').slice(0, 80);
  const path = await store.engine.pickSavePath(`${name}.eml`);
  if (path !== null) await store.engine.call('messages.save', { message: head.id, path });
}

function listCommands(store: Store): Partial<Record<CommandId, Behaviour>> {
  const { list, screen } = store;
  const some = () => screen.page === 'mail' && list.total > 0;
  const page = () => Math.max(1, (list.screen?.pageLength() ?? 10) - 1);
  const filter = (what: 'unread' | 'starred' | 'withFiles'): Behaviour => ({
    when: () => screen.page === 'mail' && list.place.kind !== 'outbox',
    run: () => list.setFilter({ ...list.filter, [what]: !list.filter[what] }),
  });
  const folder = () => (list.place.kind === 'mailbox' ? store.mailboxes.byId(list.place.mailbox) : undefined);
  return {
    'list.next': { when: some, run: () => list.move(1) },
    'list.previous': { when: some, run: () => list.move(-1) },
    'list.first': { when: some, run: () => list.focus(0) },
    'list.last': { when: some, run: () => list.focus(list.total - 1) },
    'list.pageDown': { when: some, run: () => list.move(page()) },
    'list.pageUp': { when: some, run: () => list.move(-page()) },
    'list.open': { when: () => some() && list.active !== null, run: () => openRow(store) },
    'list.extendDown': { when: some, run: () => list.move(1, true) },
    'list.extendUp': { when: some, run: () => list.move(-1, true) },
    'list.select': { when: some, run: () => (list.active ? list.toggle(list.active.index) : undefined) },
    'list.selectAll': { when: some, run: () => list.markAll(true) },
    'list.showNew': { when: () => list.fresh > 0, run: () => list.showFresh() },
    'list.filterUnread': filter('unread'),
    'list.filterStarred': filter('starred'),
    'list.filterFiles': filter('withFiles'),
    'list.markAllRead': {
      when: () => folder() !== undefined,
      run: () => {
        const mailbox = folder();
        return mailbox ? store.actions.markAllRead(mailbox) : undefined;
      },
    },
    'list.conversations': { run: () => store.change({ conversations: !store.preferences.value.conversations }) },
  };
}

/** Opens the row in focus: a message is read, one of the Drafts folder is written on. */
async function openRow(store: Store): Promise<void> {
  const row = store.list.activeRow;
  store.screen.pane = 'reader';
  if (row && store.mailboxes.byId(row.mailbox)?.role === 'drafts') await goOn(store, row.message);
}

function folderCommands(store: Store): Partial<Record<CommandId, Behaviour>> {
  const { list, mailboxes, accounts, actions, screen } = store;
  const here = () => (list.place.kind === 'mailbox' ? mailboxes.byId(list.place.mailbox) : undefined);
  const full = (role: MailboxRole) => mailboxes.list.filter((mailbox) => mailbox.role === role && mailbox.total > 0);
  const empty = (role: MailboxRole): Behaviour => ({
    when: () => full(role).length > 0,
    run: async () => {
      // The folder that is open, else that of each account in turn: every one asks for itself.
      const open = here();
      for (const mailbox of open?.role === role ? [open] : full(role)) await actions.empty(mailbox);
    },
  });
  return {
    'folder.new': {
      when: () => accounts.list.length > 0,
      run: () => {
        const account = here()?.account ?? accounts.list[0]?.id;
        return account === undefined ? undefined : actions.createMailbox(account, null);
      },
    },
    'folder.import': { run: () => store.archives.askImport(here()?.id ?? null) },
    'folder.export': {
      when: () => here() !== undefined,
      run: () => void (store.archives.exportOf = here()?.id ?? null),
    },
    'folder.newLocal': { run: () => void actions.createLocalMailbox() },
    'account.storage': {
      when: () => accounts.list.length > 0,
      run: () => void (screen.storageOf = here()?.account ?? accounts.list[0]?.id ?? null),
    },
    'folder.properties': {
      when: () => here() !== undefined,
      run: () => void (screen.propertiesOf = here()?.id ?? null),
    },
    'folder.emptyTrash': empty('trash'),
    'folder.emptyJunk': empty('junk'),
  };
}

function goCommands(store: Store): Partial<Record<CommandId, Behaviour>> {
  const { list, mailboxes, screen } = store;
  const go = (place: Place): Behaviour => ({
    run: () => {
      screen.page = 'mail';
      screen.pane = 'list';
      screen.drawer = false;
      return list.open(place);
    },
  });
  const role = (role: MailboxRole): Behaviour => ({
    ...go({ kind: 'role', role }),
    when: () => mailboxes.byRole(role) !== undefined,
  });
  return {
    'go.inbox': go({ kind: 'role', role: 'inbox' }),
    'go.starred': go({ kind: 'starred' }),
    'go.followUps': go({ kind: 'followUps' }),
    'go.drafts': go({ kind: 'role', role: 'drafts' }),
    'go.sent': role('sent'),
    'go.archive': role('archive'),
    'go.outbox': go({ kind: 'outbox' }),
    'go.junk': role('junk'),
    'go.trash': role('trash'),
  };
}

function appCommands(store: Store): Partial<Record<CommandId, Behaviour>> {
  const { screen, undo } = store;
  return {
    'app.search': { when: () => screen.page === 'mail', run: focusSearch },
    'app.palette': { run: () => void (screen.layer = screen.layer === 'palette' ? null : 'palette') },
    'app.help': { run: () => void (screen.layer = screen.layer === 'help' ? null : 'help') },
    'app.settings': { run: () => screen.openSettings() },
    'app.people': { run: () => screen.openSettings('people') },
    'app.maildrop': {
      when: () => maildropHere(store) !== undefined,
      run: () => {
        const account = maildropHere(store);
        if (account) screen.openMaildrop(account.id);
      },
    },
    'app.ledger': { run: () => screen.openLedger() },
    'app.console': {
      run: () => {
        screen.consoleOpen = true;
        screen.openLedger();
      },
    },
    'app.addAccount': { run: () => void (screen.page = 'account') },
    'app.undo': { when: () => undo.canUndo, run: () => undo.undo() },
    'app.checkNow': { run: () => checkNow(store) },
    'app.toggleOffline': { run: () => store.setOffline(!store.offline) },
    'app.theme': {
      run: () => {
        const at = THEMES.findIndex((theme) => theme === store.preferences.value.theme);
        return store.change({ theme: THEMES[(at + 1) % THEMES.length] ?? 'system' });
      },
    },
    'app.quit': { when: () => store.engine.quit !== undefined, run: () => askToQuit(store) },
    'app.nextPane': { run: () => nextPane(1) },
    'app.previousPane': { run: () => nextPane(-1) },
    'app.back': { run: () => back(store) },
  };
}

/** The POP3 account of the folder that is shown, or else the first that there is. */
function maildropHere(store: Store): Account | undefined {
  const all = store.accounts.list.filter((one) => one.enabled && one.config.incoming.protocol === 'pop3');
  return all.find((one) => one.id === store.accountHere) ?? all[0];
}

async function checkNow(store: Store): Promise<void> {
  await store.engine.call('accounts.checkNow', { account: null });
}

/** Goes one level up: layer, page, pane, marked rows, search, filter. */
function back(store: Store): void | Promise<void> {
  const { screen, list } = store;
  const { writing } = store.compose;
  if (screen.layer) screen.layer = null;
  else if (writing && document.activeElement?.closest('[data-context=compose]')) return writing.close();
  else if (store.reader.find.open) store.reader.find.end();
  else if (screen.page !== 'mail') screen.page = 'mail';
  else if (screen.drawer) screen.drawer = false;
  else if (!list.marked.isEmpty) list.markAll(false);
  else if (screen.pane === 'reader') screen.pane = 'list';
  else if (list.filter.unread || list.filter.starred || list.filter.withFiles) {
    return list.setFilter({ unread: false, starred: false, withFiles: false });
  } else if (list.place.kind === 'search') return list.open({ kind: 'role', role: 'inbox' });
}
