/**
 * Every command: its words, its icon and where it is listed. What it does is registered by the application.
 *
 * Buttons, menus, the palette, shortcuts and the help sheet all read this table.
 */
import AlarmClock from '@lucide/svelte/icons/alarm-clock';
import AlarmClockOff from '@lucide/svelte/icons/alarm-clock-off';
import Archive from '@lucide/svelte/icons/archive';
import ArrowDown from '@lucide/svelte/icons/arrow-down';
import ArrowUp from '@lucide/svelte/icons/arrow-up';
import AtSign from '@lucide/svelte/icons/at-sign';
import Bold from '@lucide/svelte/icons/bold';
import BookUser from '@lucide/svelte/icons/book-user';
import ChartPie from '@lucide/svelte/icons/chart-pie';
import ChevronsUpDown from '@lucide/svelte/icons/chevrons-up-down';
import Clock from '@lucide/svelte/icons/clock';
import CloudOff from '@lucide/svelte/icons/cloud-off';
import Copy from '@lucide/svelte/icons/copy';
import CornerUpRight from '@lucide/svelte/icons/corner-up-right';
import Download from '@lucide/svelte/icons/download';
import FileCode from '@lucide/svelte/icons/file-code';
import FilePenLine from '@lucide/svelte/icons/file-pen-line';
import FolderCog from '@lucide/svelte/icons/folder-cog';
import FolderDown from '@lucide/svelte/icons/folder-down';
import FolderInput from '@lucide/svelte/icons/folder-input';
import FolderPlus from '@lucide/svelte/icons/folder-plus';
import FolderUp from '@lucide/svelte/icons/folder-up';
import Forward from '@lucide/svelte/icons/forward';
import HardDrive from '@lucide/svelte/icons/hard-drive';
import Heading from '@lucide/svelte/icons/heading';
import History from '@lucide/svelte/icons/history';
import Image from '@lucide/svelte/icons/image';
import Inbox from '@lucide/svelte/icons/inbox';
import Italic from '@lucide/svelte/icons/italic';
import Keyboard from '@lucide/svelte/icons/keyboard';
import Languages from '@lucide/svelte/icons/languages';
import TextInitial from '@lucide/svelte/icons/text-initial';
import Link from '@lucide/svelte/icons/link';
import List from '@lucide/svelte/icons/list';
import ListChecks from '@lucide/svelte/icons/list-checks';
import ListFilter from '@lucide/svelte/icons/list-filter';
import ListOrdered from '@lucide/svelte/icons/list-ordered';
import LogOut from '@lucide/svelte/icons/log-out';
import Mail from '@lucide/svelte/icons/mail';
import MailCheck from '@lucide/svelte/icons/mail-check';
import MailOpen from '@lucide/svelte/icons/mail-open';
import MailPlus from '@lucide/svelte/icons/mail-plus';
import Merge from '@lucide/svelte/icons/merge';
import Moon from '@lucide/svelte/icons/moon';
import Palette from '@lucide/svelte/icons/palette';
import Paperclip from '@lucide/svelte/icons/paperclip';
import Pause from '@lucide/svelte/icons/pause';
import Printer from '@lucide/svelte/icons/printer';
import RefreshCw from '@lucide/svelte/icons/refresh-cw';
import RemoveFormatting from '@lucide/svelte/icons/remove-formatting';
import Repeat2 from '@lucide/svelte/icons/repeat-2';
import Reply from '@lucide/svelte/icons/reply';
import ReplyAll from '@lucide/svelte/icons/reply-all';
import Save from '@lucide/svelte/icons/save';
import Search from '@lucide/svelte/icons/search';
import Send from '@lucide/svelte/icons/send';
import SendHorizontal from '@lucide/svelte/icons/send-horizontal';
import Server from '@lucide/svelte/icons/server';
import Settings from '@lucide/svelte/icons/settings';
import Signature from '@lucide/svelte/icons/signature';
import ShieldAlert from '@lucide/svelte/icons/shield-alert';
import ShieldCheck from '@lucide/svelte/icons/shield-check';
import Split from '@lucide/svelte/icons/split';
import SquarePen from '@lucide/svelte/icons/square-pen';
import Star from '@lucide/svelte/icons/star';
import Terminal from '@lucide/svelte/icons/terminal';
import Text from '@lucide/svelte/icons/text';
import TextCursor from '@lucide/svelte/icons/text-cursor';
import TextQuote from '@lucide/svelte/icons/text-quote';
import TextSearch from '@lucide/svelte/icons/text-search';
import Trash2 from '@lucide/svelte/icons/trash-2';
import Type from '@lucide/svelte/icons/type';
import Underline from '@lucide/svelte/icons/underline';
import Undo2 from '@lucide/svelte/icons/undo-2';
import Unlink from '@lucide/svelte/icons/unlink';
import UnfoldVertical from '@lucide/svelte/icons/unfold-vertical';
import UserPen from '@lucide/svelte/icons/user-pen';
import UserPlus from '@lucide/svelte/icons/user-plus';
import UserRound from '@lucide/svelte/icons/user-round';
import Users from '@lucide/svelte/icons/users';
import X from '@lucide/svelte/icons/x';
import PackageCheck from '@lucide/svelte/icons/package-check';
import type { Key } from '@/text/keys';

/** An icon. */
type Shape = typeof Archive;
/** Where a command is listed. */
export type Group = 'message' | 'list' | 'go' | 'compose' | 'app';

/** What is known of a command before it can run. */
export interface Facts {
  label: Key;
  icon: Shape;
  group: Group;
  /** Left out of palette and help: it is a movement of the list. */
  movement?: true;
}

const fact = (group: Group, label: Key, icon: Shape): Facts => ({ group, label, icon });
const move = (label: Key, icon: Shape): Facts => ({ group: 'list', label, icon, movement: true });

/** All commands. */
const TABLE = {
  'compose.new': fact('compose', 'command-compose-new', SquarePen),
  'compose.send': fact('compose', 'compose-send', Send),
  'compose.sendArchive': fact('compose', 'command-send-archive', Archive),
  'compose.sendLater': fact('compose', 'command-send-later', Clock),
  'compose.hold': fact('compose', 'command-hold', Pause),
  'compose.followUp': fact('compose', 'command-followup', AlarmClock),
  'compose.attach': fact('compose', 'compose-attach', Paperclip),
  'compose.picture': fact('compose', 'command-picture', Image),
  'compose.template': fact('compose', 'template-insert', Text),
  'compose.saveTemplate': fact('compose', 'template-save', Save),
  'compose.bold': fact('compose', 'compose-bold', Bold),
  'compose.italic': fact('compose', 'compose-italic', Italic),
  'compose.underline': fact('compose', 'compose-underline', Underline),
  'compose.list': fact('compose', 'compose-list', List),
  'compose.numbered': fact('compose', 'compose-numbered', ListOrdered),
  'compose.quote': fact('compose', 'compose-quote', TextQuote),
  'compose.link': fact('compose', 'command-link', Link),
  'compose.clear': fact('compose', 'compose-clear', RemoveFormatting),
  'compose.plain': fact('compose', 'command-plain', Type),
  'compose.from': fact('compose', 'command-from', UserPen),
  'compose.signature': fact('compose', 'compose-signature', Signature),
  'compose.to': fact('compose', 'command-to', AtSign),
  'compose.cc': fact('compose', 'command-cc', AtSign),
  'compose.bcc': fact('compose', 'command-bcc', AtSign),
  'compose.bccSelf': fact('compose', 'command-bcc-self', UserRound),
  'compose.saveGroup': fact('compose', 'group-of-recipients', Users),
  'compose.report': fact('compose', 'command-ask-report', PackageCheck),
  'compose.receipt': fact('compose', 'command-ask-receipt', MailCheck),
  'compose.subject': fact('compose', 'command-subject', Heading),
  'compose.text': fact('compose', 'command-text', TextCursor),
  'compose.versions': fact('compose', 'compose-versions', History),
  'compose.discard': fact('compose', 'compose-discard', Trash2),
  'compose.close': fact('compose', 'compose-close', X),
  'message.reply': fact('message', 'command-reply', Reply),
  'message.replyAll': fact('message', 'command-reply-all', ReplyAll),
  'message.forward': fact('message', 'command-forward', Forward),
  'message.forwardAttached': fact('message', 'command-forward-attached', MailPlus),
  'message.redirect': fact('message', 'command-redirect', CornerUpRight),
  'message.sendAgain': fact('message', 'command-send-again', Repeat2),
  'message.followUp': fact('message', 'command-followup', AlarmClock),
  'message.followUpDone': fact('message', 'command-followup-done', AlarmClockOff),
  'message.writeAgain': fact('message', 'command-write-again', Reply),
  'message.archive': fact('message', 'command-archive', Archive),
  'message.trash': fact('message', 'command-trash', Trash2),
  'message.delete': fact('message', 'command-delete', Trash2),
  'message.junk': fact('message', 'command-junk', ShieldAlert),
  'message.notJunk': fact('message', 'command-not-junk', ShieldCheck),
  'message.move': fact('message', 'command-move', FolderInput),
  'message.copy': fact('message', 'command-copy', Copy),
  'message.toggleRead': fact('message', 'command-toggle-read', Mail),
  'message.toggleStar': fact('message', 'command-toggle-star', Star),
  'message.expandAll': fact('message', 'command-expand-all', UnfoldVertical),
  'message.split': fact('message', 'command-split', Split),
  'message.splitAlone': fact('message', 'command-split-alone', Unlink),
  'message.merge': fact('message', 'command-merge', Merge),
  'message.restoreConversation': fact('message', 'command-restore-conversation', Undo2),
  'message.images': fact('message', 'command-images', Image),
  'message.dark': fact('message', 'command-dark', Moon),
  'message.simple': fact('message', 'command-simple', TextInitial),
  'message.source': fact('message', 'command-source', FileCode),
  'message.save': fact('message', 'command-save', Download),
  'message.find': fact('message', 'command-find', TextSearch),
  'message.findNext': { ...fact('message', 'command-find-next', ArrowDown), movement: true },
  'message.findPrevious': { ...fact('message', 'command-find-previous', ArrowUp), movement: true },
  'message.print': fact('message', 'command-print', Printer),
  'message.charset': fact('message', 'command-charset', Languages),
  'list.next': move('command-next', ArrowDown),
  'list.previous': move('command-previous', ArrowUp),
  'list.first': move('command-first', ArrowUp),
  'list.last': move('command-last', ArrowDown),
  'list.pageDown': move('command-page-down', ArrowDown),
  'list.pageUp': move('command-page-up', ArrowUp),
  'list.open': move('command-open', MailOpen),
  'list.extendDown': move('command-extend-down', ArrowDown),
  'list.extendUp': move('command-extend-up', ArrowUp),
  'list.select': fact('list', 'command-select', ListChecks),
  'list.selectAll': fact('list', 'command-select-all', ListChecks),
  'list.showNew': fact('list', 'command-show-new', ArrowUp),
  'list.filterUnread': fact('list', 'command-filter-unread', ListFilter),
  'list.filterStarred': fact('list', 'command-filter-starred', Star),
  'list.filterFiles': fact('list', 'command-filter-files', Paperclip),
  'list.markAllRead': fact('list', 'command-mark-all-read', MailCheck),
  'list.conversations': fact('list', 'command-conversations', ChevronsUpDown),
  'folder.new': fact('list', 'command-new-folder', FolderPlus),
  'folder.newLocal': fact('list', 'command-new-local-folder', HardDrive),
  'folder.import': fact('list', 'command-import', FolderDown),
  'folder.export': fact('list', 'command-export', FolderUp),
  'account.storage': fact('list', 'command-storage', ChartPie),
  'folder.properties': fact('list', 'command-folder-properties', FolderCog),
  'folder.emptyTrash': fact('list', 'command-empty-trash', Trash2),
  'folder.emptyJunk': fact('list', 'command-empty-junk', ShieldAlert),
  'go.inbox': fact('go', 'place-inboxes', Inbox),
  'go.starred': fact('go', 'place-starred', Star),
  'go.followUps': fact('go', 'place-followups', AlarmClock),
  'go.drafts': fact('go', 'place-drafts', FilePenLine),
  'go.sent': fact('go', 'role-sent', SendHorizontal),
  'go.archive': fact('go', 'role-archive', Archive),
  'go.outbox': fact('go', 'place-outbox', Send),
  'go.junk': fact('go', 'role-junk', ShieldAlert),
  'go.trash': fact('go', 'role-trash', Trash2),
  'app.search': fact('app', 'command-search', Search),
  'app.palette': fact('app', 'command-palette', Terminal),
  'app.help': fact('app', 'command-help', Keyboard),
  'app.settings': fact('app', 'command-settings', Settings),
  'app.people': fact('app', 'people', BookUser),
  'app.maildrop': fact('app', 'command-maildrop', Server),
  'app.ledger': fact('app', 'command-ledger', ListChecks),
  'app.console': fact('app', 'command-console', Terminal),
  'app.addAccount': fact('app', 'command-add-account', UserPlus),
  'app.undo': fact('app', 'command-undo', Undo2),
  'app.checkNow': fact('app', 'command-check-now', RefreshCw),
  'app.toggleOffline': fact('app', 'command-toggle-offline', CloudOff),
  'app.theme': fact('app', 'command-theme', Palette),
  'app.quit': fact('app', 'command-quit', LogOut),
  'app.nextPane': { ...fact('app', 'command-next-pane', ArrowDown), movement: true },
  'app.previousPane': { ...fact('app', 'command-previous-pane', ArrowUp), movement: true },
  'app.back': { ...fact('app', 'command-back', ArrowUp), movement: true },
} satisfies Record<string, Facts>;

/** Name of a command. */
export type CommandId = keyof typeof TABLE;

/** True when `text` names a command. */
export function isCommandId(text: string): text is CommandId {
  return Object.hasOwn(TABLE, text);
}

/** All names, in the order of the table. */
export const COMMAND_IDS: CommandId[] = Object.keys(TABLE).filter(isCommandId);

/** Returns what is known of a command. */
export function factsOf(id: CommandId): Facts {
  return TABLE[id];
}
