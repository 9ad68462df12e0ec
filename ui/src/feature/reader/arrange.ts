/** Splitting and merging conversations by hand: which message is meant, and what the conversation says of it. */
import type { Arranged, MessageHead } from '@/ipc/generated';
import type { Reader } from '@/state/reader.svelte';
import type { Key } from '@/text/keys';

/** What a conversation says of what the user did to it, and the words of the way back. */
export const ARRANGED: Record<Arranged, { said: Key; back: Key }> = {
  split: { said: 'arranged-split', back: 'arranged-rejoin' },
  rest: { said: 'arranged-rest', back: 'arranged-rejoin' },
  merged: { said: 'arranged-merged', back: 'arranged-separate' },
};

/** Returns the message that the focus is in; else the one that answers go to. */
export function messageHere(reader: Reader): MessageHead | undefined {
  const at = document.activeElement?.closest<HTMLElement>('[data-message]')?.dataset['message'];
  const messages = reader.conversation?.messages ?? [];
  return messages.find((message) => String(message.id) === at) ?? reader.subject;
}

/** True when something would be left of the conversation without this message and what came after it. */
export function canSplitFrom(reader: Reader, id: number): boolean {
  const messages = reader.conversation?.messages ?? [];
  return messages.findIndex((message) => message.id === id) > 0;
}
