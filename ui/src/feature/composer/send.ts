/** Sending a draft: what cannot be right stops it, what may be a slip is asked about, and it can be taken back for a while. */
import type { SendCheck } from '@/ipc/generated';
import type { Store } from '@/state/store.svelte';
import { peopleLine } from '@/text/people';
import { t } from '@/text/text.svelte';
import type { Composing } from './composing.svelte';
import { FIELDS } from './recipients';

/** Sends. Answers when the outbox has it, or the user chose to go on writing. */
export async function send(composing: Composing, store: Store): Promise<void> {
  if (composing.sending) return;
  composing.sending = true;
  try {
    if (!(await mayGo(await composing.check(), store))) return;
    const seconds = store.preferences.value.undoSendSeconds;
    const people = FIELDS.flatMap((field) => composing.chips[field].map((chip) => chip.address));
    const item = await composing.send(seconds);
    store.compose.close(composing.id);
    const text = t('compose-sending', { people: peopleLine(people.slice(0, 3), store.accounts.own) });
    store.undo.offer(text, t('command-undo'), seconds * 1_000, async () => {
      store.compose.show(await store.engine.call('outbox.undo', { id: item }));
    });
  } finally {
    composing.sending = false;
  }
}

async function mayGo(check: SendCheck, { screen, undo }: Store): Promise<boolean> {
  const stop = (text: string): boolean => {
    undo.say(text);
    return false;
  };
  if (check.invalid.length > 0) return stop(t('compose-stop-invalid', { address: check.invalid[0] ?? '' }));
  if (check.noRecipient) return stop(t('compose-stop-nobody'));
  if (check.tooLarge) return stop(t('compose-stop-large'));
  const ask = (title: string, text: string): Promise<boolean> =>
    screen.ask({ title, text, action: t('compose-send-anyway'), danger: false });
  if (check.emptySubject && !(await ask(t('ask-subject-title'), t('ask-subject-text')))) return false;
  const word = check.forgottenAttachment;
  return word === '' || ask(t('ask-attachment-title'), t('ask-attachment-text', { word }));
}
