/**
 * Leaving a draft: nothing that somebody wrote goes without a way back, and nothing that nobody wrote stays behind.
 *
 * A draft that is thrown away is only hidden at first; it goes for good when the way back is over. Whoever quits
 * meanwhile finds it again.
 */
import type { Store } from '@/state/store.svelte';
import { t } from '@/text/text.svelte';
import type { Composing } from './composing.svelte';

/** How long a draft that was thrown away can be taken back, milliseconds. */
const BACK_MS = 10_000;

/** Names what the undo bar offers for a draft. */
export function offerOf(draft: number): string {
  return `draft:${draft}`;
}

/** Closes a draft: kept, and said so; one that nobody wrote in goes. */
export async function close(composing: Composing, store: Store): Promise<void> {
  const kept = await composing.close();
  store.compose.close(composing.id);
  if (!kept) return;
  const draft = { ...composing.draft };
  const back = async () => store.compose.show(await store.drafts.get(draft.id));
  store.undo.offer(
    () => t('compose-kept'),
    () => t('ask-discard-action'),
    BACK_MS,
    () => hide(draft.id, store, back),
    offerOf(draft.id),
  );
}

/** Throws a draft away, with a way back. */
export async function discard(composing: Composing, store: Store): Promise<void> {
  if ((composing.isEmpty || composing.isUntouched) && !composing.hasCopy) {
    await composing.discard();
    store.compose.close(composing.id);
    return;
  }
  await composing.save();
  composing.release();
  store.compose.close(composing.id);
  await hide(composing.id, store, async () => store.compose.show(await store.drafts.get(composing.id)));
}

/** Puts aside what is written when the reader goes elsewhere. */
export function putAside(store: Store, composingOf: (id: number) => Composing | undefined): void {
  const { compose, undo } = store;
  compose.shown = null;
  for (const draft of compose.open) {
    const composing = composingOf(draft.id);
    if (composing?.isUntouched) void close(composing, store).catch((thrown: unknown) => undo.fail(thrown));
  }
}

function hide(id: number, { drafts, engine, undo }: Store, back: () => Promise<void>): Promise<void> {
  drafts.hide(id);
  const timer = setTimeout(() => {
    engine
      .call('drafts.discard', { id })
      .catch((thrown: unknown) => undo.fail(thrown))
      .finally(() => drafts.unhide(id));
  }, BACK_MS);
  undo.offer(t('compose-discarded'), t('command-undo'), BACK_MS, () => {
    clearTimeout(timer);
    drafts.unhide(id);
    return back();
  });
  return Promise.resolve();
}
