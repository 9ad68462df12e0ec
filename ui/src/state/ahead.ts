/**
 * What is likely to be read next, made ready before it is chosen: the conversation, and the bodies that it begins with.
 *
 * Only what is on this computer is made ready: nothing is fetched from a server for it, no frame is drawn and so no
 * picture is asked for. Whatever may change what would be answered throws it away.
 */
import type { Engine } from '@/ipc/engine';
import type { Conversation, Event, MessageHead, OpenedMessage } from '@/ipc/generated';
import type { Preferences } from './preferences.svelte';

/** Frames that live at once; further ones unfold one by one (each costs memory of its own). */
const FRAMES_MAX = 6;

/** Happens all the time and says nothing about what a message looks like. */
const BESIDE: ReadonlySet<Event['kind']> = new Set([
  'accountStatusChanged',
  'mailboxesChanged',
  'viewChanged',
  'beyondChanged',
  'archiveChanged',
  'discoveryStepped',
  'proofChanged',
  'downloadChanged',
]);

/** A conversation with the bodies that are here. */
export interface Ready {
  single: boolean;
  conversation: Conversation;
  opened: ReadonlyMap<number, OpenedMessage>;
}

/** Returns the messages that begin unfolded: from the first unread on, at most six, else the newest. */
export function firstUnfolded(messages: readonly MessageHead[]): number[] {
  const unread = messages.filter((message) => message.unread).map((message) => message.id);
  const newest = messages.at(-1)?.id;
  const ids = unread.length > 0 ? unread.slice(0, FRAMES_MAX) : [];
  if (newest !== undefined && !ids.includes(newest) && ids.length < FRAMES_MAX) ids.push(newest);
  return ids;
}

/** What is ready, by the message that would be chosen. */
export class Ahead {
  #ready = new Map<number, Ready>();
  #ticket = 0;

  constructor(
    private readonly engine: Engine,
    private readonly preferences: Preferences,
  ) {}

  /** Makes these messages ready, one after the other; what was ready and is not named goes. */
  async prepare(messages: readonly number[], single: boolean): Promise<void> {
    const ticket = ++this.#ticket;
    for (const known of [...this.#ready.keys()]) if (!messages.includes(known)) this.#ready.delete(known);
    for (const message of messages) {
      if (this.#ready.get(message)?.single === single) continue;
      const ready = await this.#ask(message, single).catch(() => null);
      if (ticket !== this.#ticket) return;
      // Where it failed, it is asked for again when it is chosen, and what is wrong is said then.
      if (ready) this.#ready.set(message, ready);
    }
  }

  /** Hands out what is ready for a message, once: what is open changes in ways that are not heard of here. */
  take(message: number, single: boolean): Ready | null {
    const ready = this.#ready.get(message);
    this.#ready.delete(message);
    return ready?.single === single ? ready : null;
  }

  /** Throws away what is ready, and what is being made ready. */
  forget(): void {
    this.#ticket += 1;
    this.#ready.clear();
  }

  /** Takes what happened. */
  hear(event: Event): void {
    if (BESIDE.has(event.kind)) return;
    if (event.kind !== 'messagesChanged') return this.forget();
    // What is being made ready now may be of before.
    this.#ticket += 1;
    for (const [message, { conversation }] of this.#ready) {
      if (event.threads.includes(conversation.thread)) this.#ready.delete(message);
    }
  }

  async #ask(message: number, single: boolean): Promise<Ready> {
    const conversation = await this.engine.call('threads.open', { message, single });
    const ids = firstUnfolded(conversation.messages);
    const here = conversation.messages.filter((head) => head.body === 'whole' && ids.includes(head.id));
    const { theme } = this.preferences;
    const opened = await Promise.all(
      here.map(({ id }) => this.engine.call('messages.open', { id, remote: false, theme, look: null })),
    );
    return { single, conversation, opened: new Map(opened.map((one) => [one.head.id, one])) };
  }
}
