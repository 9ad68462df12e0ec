/**
 * Going on with a message of the Drafts folder: it becomes a draft of this computer, all parts kept. Closed again without
 * a change, that draft goes and the message stays as it was.
 */
import type { Store } from '@/state/store.svelte';

/** Opens the message in the composer. */
export async function goOn({ compose, drafts }: Store, message: number): Promise<void> {
  const before = new Set(drafts.list.map((draft) => draft.id));
  const begun = Date.now();
  const draft = await compose.start({ kind: 'continue', message });
  // A second time gives the draft that is there, with what was written in it: only a new one may go again.
  if (!before.has(draft.id) && draft.savedAt >= begun) compose.untouched.add(draft.id);
}
