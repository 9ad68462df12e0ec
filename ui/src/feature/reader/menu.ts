/** The menu of one message of a conversation. */
import AlarmClock from '@lucide/svelte/icons/alarm-clock';
import CornerUpRight from '@lucide/svelte/icons/corner-up-right';
import Download from '@lucide/svelte/icons/download';
import FileCode from '@lucide/svelte/icons/file-code';
import Forward from '@lucide/svelte/icons/forward';
import Image from '@lucide/svelte/icons/image';
import ImageOff from '@lucide/svelte/icons/image-off';
import TextInitial from '@lucide/svelte/icons/text-initial';
import Library from '@lucide/svelte/icons/library';
import List from '@lucide/svelte/icons/list';
import ListX from '@lucide/svelte/icons/list-x';
import Mail from '@lucide/svelte/icons/mail';
import MailPlus from '@lucide/svelte/icons/mail-plus';
import Moon from '@lucide/svelte/icons/moon';
import Printer from '@lucide/svelte/icons/printer';
import Repeat2 from '@lucide/svelte/icons/repeat-2';
import Reply from '@lucide/svelte/icons/reply';
import ReplyAll from '@lucide/svelte/icons/reply-all';
import Split from '@lucide/svelte/icons/split';
import Star from '@lucide/svelte/icons/star';
import Trash2 from '@lucide/svelte/icons/trash-2';
import Unlink from '@lucide/svelte/icons/unlink';
import { type MenuItem, menus } from '@/component/menu.svelte';
import type { MessageHead, NewDraft, Selection } from '@/ipc/generated';
import type { Store } from '@/state/store.svelte';
import { t } from '@/text/text.svelte';
import { canSplitFrom } from './arrange';
import { charsetIcon, charsetMenu } from './charset';
import { chooseReminder } from './followup';
import { leaveList } from './list';
import { printMessage } from './print';

/** Opens the menu of a message. */
export function messageMenu(store: Store, head: MessageHead, at: HTMLElement): void {
  const { actions, compose, reader, screen, undo, engine } = store;
  const only: Selection = { kind: 'messages', messages: [head.id] };
  const begin = (draft: NewDraft) => void compose.start(draft).catch((thrown: unknown) => undo.fail(thrown));
  const answer = (all: boolean) => begin({ kind: 'reply', message: head.id, all, ...reader.quoteOf(head.id) });
  const save = async () => {
    const path = await engine.pickSavePath('message.eml');
    if (path !== null) await engine.call('messages.save', { message: head.id, path });
  };
  const opened = reader.opened.get(head.id);
  const list = opened?.list;
  const fail = (thrown: unknown) => undo.fail(thrown);
  const block = async () => {
    for (const domain of [false, true]) {
      await engine.call('messages.allowRemote', { message: head.id, domain, allow: false });
    }
    await reader.load(head.id);
  };
  const items: MenuItem[] = [
    { label: t('command-reply'), icon: Reply, run: () => answer(false) },
    { label: t('command-reply-all'), icon: ReplyAll, run: () => answer(true) },
    ...(list?.takesAnswers
      ? [{ label: t('command-reply-list'), icon: List, run: () => begin({ kind: 'replyToList', message: head.id }) }]
      : []),
    { label: t('command-forward'), icon: Forward, run: () => begin({ kind: 'forward', message: head.id }) },
    { label: t('command-redirect'), icon: CornerUpRight, run: () => void (screen.redirectOf = head.id) },
    ...(head.own
      ? [
          { label: t('command-send-again'), icon: Repeat2, run: () => begin({ kind: 'again', message: head.id }) },
          {
            label: t('command-followup'),
            icon: AlarmClock,
            checked: store.followUps.of(head.id) !== undefined,
            run: () => setTimeout(() => chooseReminder(store, head.id, at)),
          },
        ]
      : []),
    {
      label: t('command-forward-attached'),
      icon: MailPlus,
      run: () => begin({ kind: 'forwardAttached', selection: only }),
    },
    {
      label: t(head.unread ? 'command-mark-read' : 'command-mark-unread'),
      icon: Mail,
      apart: true,
      run: () => void actions.setRead(head.unread, only),
    },
    {
      label: t(head.starred ? 'command-unstar' : 'command-toggle-star'),
      icon: Star,
      run: () => void actions.setStarred(!head.starred, only),
    },
    ...(canSplitFrom(reader, head.id)
      ? [{ label: t('command-split'), icon: Split, apart: true, run: () => void actions.split(head.id, 'fromHere') }]
      : []),
    ...((reader.conversation?.messages.length ?? 0) > 1
      ? [{ label: t('command-split-alone'), icon: Unlink, run: () => void actions.split(head.id, 'message') }]
      : []),
    { label: t('command-images'), icon: Image, apart: true, run: () => void reader.load(head.id, true) },
    ...(opened?.hasDesign
      ? (['dark', 'simple'] as const).map((look) => ({
          label: t(look === 'dark' ? 'command-dark' : 'command-simple'),
          icon: look === 'dark' ? Moon : TextInitial,
          checked: opened.look === look,
          run: () => void reader.setLook(head.id, opened.look === look ? 'own' : look).catch(fail),
        }))
      : []),
    ...(opened?.remoteAllowed
      ? [{ label: t('reader-images-never'), icon: ImageOff, run: () => void block().catch(fail) }]
      : []),
    { label: t('command-charset'), icon: charsetIcon, run: () => setTimeout(() => charsetMenu(store, head.id, at)) },
    {
      label: t('command-print'),
      icon: Printer,
      run: () => void printMessage(store, head).catch((thrown: unknown) => undo.fail(thrown)),
    },
    { label: t('command-source'), icon: FileCode, run: () => void (screen.sourceOf = head.id) },
    { label: t('command-save'), icon: Download, run: () => void save().catch((thrown: unknown) => undo.fail(thrown)) },
    ...(opened && list && list.leave !== 'unknown'
      ? [{ label: t('list-leave'), icon: ListX, apart: true, run: () => void leaveList(store, opened) }]
      : []),
    ...(list?.archive
      ? [{ label: t('list-archive'), icon: Library, run: () => void engine.openExternal(list.archive).catch(fail) }]
      : []),
    {
      label: t('command-trash'),
      icon: Trash2,
      danger: true,
      apart: true,
      run: () => void actions.remove('trash', only),
    },
  ];
  menus.show(t('more'), items, at);
}
