/** Answering an invitation: at once through the outbox, to be taken back for the seconds of the settings. */
import type { InvitationChoice } from '@/ipc/generated';
import { folderQuestion } from '@/state/actions';
import type { Store } from '@/state/store.svelte';
import type { Key } from '@/text/keys';
import { fullName } from '@/text/people';
import { t } from '@/text/text.svelte';

const DONE: Record<InvitationChoice, Key> = {
  accepted: 'event-done-accepted',
  tentative: 'event-done-tentative',
  declined: 'event-done-declined',
};

/** Answers; true when the outbox has it. Where the account has no folder for sent mail, the user says which it is. */
export async function answerInvitation(
  store: Store,
  message: number,
  choice: InvitationChoice,
  comment: string,
): Promise<boolean> {
  const { engine, preferences, reader, screen, undo } = store;
  const undoSeconds = preferences.value.undoSendSeconds;
  const request = { message, choice, comment: comment.trim(), undoSeconds };
  try {
    const { item, invitation } = await engine.call('invitations.answer', request);
    reader.setInvitation(message, invitation);
    const who = invitation.organizer ? fullName(invitation.organizer) : t('nobody');
    undo.offer(t(DONE[choice], { who }), t('command-undo'), undoSeconds * 1_000, async () => {
      await engine.call('outbox.discard', { id: item.id });
      await reader.readInvitation(message);
    });
    return true;
  } catch (thrown) {
    const question = folderQuestion(thrown);
    if (question && (await screen.askFolder(question))) return answerInvitation(store, message, choice, comment);
    if (!question) undo.fail(thrown, async () => void (await answerInvitation(store, message, choice, comment)));
    return false;
  }
}
