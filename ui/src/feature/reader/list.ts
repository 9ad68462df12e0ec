/** Leaving a mailing list: at once where its server takes that, else by a message or on a page. */
import type { OpenedMessage } from '@/ipc/generated';
import type { Store } from '@/state/store.svelte';
import { t } from '@/text/text.svelte';

function host(address: string): string {
  try {
    return new URL(address).hostname;
  } catch {
    return address;
  }
}

/** Leaves the list that a message came through, after asking. What failed is told, and can be tried again. */
export async function leaveList(store: Store, message: OpenedMessage): Promise<void> {
  const { list, head } = message;
  if (!list) return;
  try {
    if (list.leave === 'mail') {
      await store.compose.start({ kind: 'mailto', url: list.address });
      return;
    }
    if (list.leave === 'page') {
      await store.engine.openExternal(list.address);
      return;
    }
    const ask = {
      title: t('list-leave-title', { name: list.name || host(list.address) }),
      text: t('list-leave-text', { host: host(list.address) }),
      action: t('list-leave'),
      danger: false,
    };
    if (list.leave !== 'oneClick' || !(await store.screen.ask(ask))) return;
    await store.engine.call('messages.unsubscribe', { id: head.id });
    store.undo.say(t('list-left', { name: list.name || host(list.address) }));
  } catch (thrown) {
    store.undo.fail(thrown, () => leaveList(store, message));
  }
}
