/** What is done about a sent message that nobody answered. */
import { menus } from '@/component/menu.svelte';
import { reminderItems } from '@/state/followup';
import type { Store } from '@/state/store.svelte';
import { t } from '@/text/text.svelte';

/** Opens the choice of a time to be reminded at. */
export function chooseReminder(store: Store, message: number, at: HTMLElement): void {
  const { followUps, screen } = store;
  const items = reminderItems(
    () => screen.askTime('remind'),
    (time) => void followUps.set(message, time),
  );
  if (followUps.of(message)) {
    items.push({ label: t('followup-never'), apart: true, run: () => void followUps.remove(message) });
  }
  menus.show(t('followup'), items, at);
}

/** Begins an answer to one's own message, which goes to those whom it went to. */
export async function writeAgain({ compose, undo }: Store, message: number): Promise<void> {
  try {
    await compose.start({ kind: 'reply', message, all: true });
  } catch (thrown) {
    undo.fail(thrown);
  }
}
