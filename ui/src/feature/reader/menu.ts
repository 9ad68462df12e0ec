/** The menu of one message of a conversation. */
import Download from '@lucide/svelte/icons/download';
import FileCode from '@lucide/svelte/icons/file-code';
import Forward from '@lucide/svelte/icons/forward';
import ListX from '@lucide/svelte/icons/list-x';
import Image from '@lucide/svelte/icons/image';
import Mail from '@lucide/svelte/icons/mail';
import Printer from '@lucide/svelte/icons/printer';
import Reply from '@lucide/svelte/icons/reply';
import ReplyAll from '@lucide/svelte/icons/reply-all';
import Star from '@lucide/svelte/icons/star';
import Trash2 from '@lucide/svelte/icons/trash-2';
import { type MenuItem, menus } from '@/component/menu.svelte';
import type { MessageHead, NewDraft, Selection } from '@/ipc/generated';
import type { Store } from '@/state/store.svelte';
import { t } from '@/text/text.svelte';
import { charsetIcon, charsetMenu } from './charset';
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
  const way = reader.opened.get(head.id)?.unsubscribe ?? '';
  const leave = async () => {
    if (way.startsWith('mailto:')) await compose.start({ kind: 'mailto', url: way });
    else await engine.openExternal(way);
  };
  const items: MenuItem[] = [
    { label: t('command-reply'), icon: Reply, run: () => answer(false) },
    { label: t('command-reply-all'), icon: ReplyAll, run: () => answer(true) },
    { label: t('command-forward'), icon: Forward, run: () => begin({ kind: 'forward', message: head.id }) },
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
    { label: t('command-images'), icon: Image, apart: true, run: () => void reader.load(head.id, true) },
    { label: t('command-charset'), icon: charsetIcon, run: () => setTimeout(() => charsetMenu(store, head.id, at)) },
    {
      label: t('command-print'),
      icon: Printer,
      run: () => void printMessage(store, head).catch((thrown: unknown) => undo.fail(thrown)),
    },
    { label: t('command-source'), icon: FileCode, run: () => void (screen.sourceOf = head.id) },
    { label: t('command-save'), icon: Download, run: () => void save().catch((thrown: unknown) => undo.fail(thrown)) },
    ...(way === ''
      ? []
      : [
          {
            label: t('reader-unsubscribe'),
            icon: ListX,
            run: () => void leave().catch((thrown: unknown) => undo.fail(thrown)),
          },
        ]),
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
