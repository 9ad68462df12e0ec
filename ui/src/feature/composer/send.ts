/** Sending a draft: what cannot be right stops it, what may be a slip is asked about, and it can be taken back for a while. */
import type { When } from '@/state/later';
import type { Selection, SendCheck } from '@/ipc/generated';
import { folderQuestion } from '@/state/actions';
import type { Store } from '@/state/store.svelte';
import { dayAndTime } from '@/text/format';
import { unfilled } from '@/state/template';
import { peopleLine } from '@/text/people';
import { t } from '@/text/text.svelte';
import type { Composing } from './composing.svelte';
import { FIELDS } from '@/state/recipients';

/** How long the bar offers to take back what leaves later, milliseconds. */
const PLANNED_MS = 10_000;

/** Sends. Answers when the outbox has it, or the user chose to go on writing. `archive` archives what it answers; `when`
 * is a time that was chosen, null = now. */
export async function send(
  composing: Composing,
  store: Store,
  archive = false,
  when: When | null = null,
): Promise<void> {
  if (composing.sending) return;
  composing.sending = true;
  try {
    if (!(await mayGo(await composing.check(), store))) return;
    const field = unfilled(composing.text) || unfilled(composing.subject);
    if (field !== '' && !(await asksAboutField(field, store))) return;
    const seconds = store.preferences.value.undoSendSeconds;
    const people = FIELDS.flatMap((field) => composing.chips[field].map((chip) => chip.address));
    const item = await sendOrAsk(composing, store, seconds, when);
    if (item === null) return;
    store.compose.close(composing.id);
    const original = composing.draft.original;
    const archived = archive && original !== null;
    if (archived) await store.actions.remove('archive', answered(original, store));
    const text = told(when, peopleLine(people.slice(0, 3), store.accounts.own), store);
    // What waits anyway can be taken back for as long as the bar is read.
    const shown = when ? PLANNED_MS : seconds * 1_000;
    store.undo.offer(text, t('command-undo'), shown, async () => {
      store.compose.show(await store.engine.call('outbox.undo', { id: item }));
      if (archived) await store.undo.undo();
    });
  } finally {
    composing.sending = false;
  }
}

/** Says what becomes of it now. */
function told(when: When | null, people: string, { offline }: Store): string {
  if (when?.kind === 'hold') return t('later-held');
  if (when) return t('later-planned', { when: dayAndTime(when.at) });
  return offline ? t('later-offline') : t('compose-sending', { people });
}

/** Sends; where the account has no folder for sent mail the user says which it is. Null when the user did not say. */
async function sendOrAsk(
  composing: Composing,
  { screen }: Store,
  seconds: number,
  when: When | null,
): Promise<number | null> {
  try {
    return await composing.send(seconds, when);
  } catch (thrown) {
    const question = folderQuestion(thrown);
    if (!question) throw thrown;
    return (await screen.askFolder(question)) ? composing.send(seconds, when) : null;
  }
}

/** What is archived with an answer: its conversation, where that is what the list shows. */
function answered(original: number, { preferences, reader }: Store): Selection {
  const read = reader.conversation?.messages.map((head) => head.id) ?? [];
  const whole = preferences.value.conversations && read.includes(original);
  return { kind: 'messages', messages: whole ? read : [original] };
}

/** Asks about a field of a template that nobody filled in. */
function asksAboutField(field: string, { screen }: Store): Promise<boolean> {
  return screen.ask({
    title: t('ask-field-title'),
    text: t('ask-field-text', { field }),
    action: t('compose-send-anyway'),
    danger: false,
  });
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
  for (const { address, meant } of check.typos) {
    if (!(await ask(t('ask-typo-title'), t('ask-typo-text', { address, meant })))) return false;
  }
  const word = check.forgottenAttachment;
  return word === '' || ask(t('ask-attachment-title'), t('ask-attachment-text', { word }));
}
