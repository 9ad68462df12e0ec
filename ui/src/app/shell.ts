/** What the window asks of the page: a mailto link, a clicked notification, closing with something unsent. */
import type { Event } from '@/ipc/generated';
import type { Store } from '@/state/store.svelte';
import { t } from '@/text/text.svelte';

/** Listens; returns the function that stops. */
export function answerShell(store: Store): () => void {
  const stops = [
    store.engine.on((event) => void open(store, event).catch((thrown: unknown) => store.undo.fail(thrown))),
    store.engine.onCloseAsked(() => void askToQuit(store)),
  ];
  return () => {
    for (const stop of stops) stop();
  };
}

async function open(store: Store, event: Event): Promise<void> {
  if (event.kind !== 'openRequested') return;
  store.screen.page = 'mail';
  if (event.mailto !== '') await store.compose.start({ kind: 'mailto', url: event.mailto });
  if (event.message === null) return;
  if (await store.list.find(event.message)) return;
  await store.list.open({ kind: 'role', role: 'inbox' });
  if (!(await store.list.find(event.message))) await store.reader.open(event.message, false);
  store.screen.pane = 'reader';
}

/** Quits, after asking where something is unsent. */
export async function askToQuit(store: Store): Promise<void> {
  const { count } = await store.engine.call('outbox.unsent', {});
  const words = { title: t('ask-unsent-title', { count }), text: t('ask-unsent-text'), action: t('ask-unsent-action') };
  if (count === 0 || (await store.screen.ask({ ...words, danger: false }))) await store.engine.quit?.();
}
