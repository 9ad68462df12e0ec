/**
 * The conversation being read: which of its messages are unfolded, and their opened bodies.
 *
 * Read messages are folded, the first unread one and the newest are open. Choosing is not reading: a message counts
 * as read after it was in view for the seconds of the settings.
 */
import { asEngineError, type Engine } from '@/ipc/engine';
import type {
  Conversation,
  Error as EngineErrorData,
  Event,
  Invitation,
  MessageHead,
  MessageLook,
  OpenedMessage,
  Selection,
} from '@/ipc/generated';
import { Ahead, firstUnfolded } from './ahead';
import { Find } from './find.svelte';
import type { Preferences } from './preferences.svelte';
import { quoteOf, type Selected } from './quote';

/** A message is drawn this long after it was chosen, milliseconds: what reading it brings about would hold that up. */
const DRAWN_MS = 120;

/** What is read. */
export class Reader {
  /** The message that was chosen; null when nothing is. */
  message = $state<number | null>(null);
  conversation = $state.raw<Conversation | null>(null);
  problem = $state.raw<EngineErrorData | null>(null);
  unfolded = $state.raw<ReadonlySet<number>>(new Set());
  /** The folded messages at the beginning are shown one by one. */
  showEarlier = $state(false);
  opened = $state.raw<ReadonlyMap<number, OpenedMessage>>(new Map());
  problems = $state.raw<ReadonlyMap<number, EngineErrorData>>(new Map());
  /** What is selected in a frame, for replies. */
  selection = $state.raw<Selected | null>(null);
  /** The link under the pointer. */
  link = $state('');
  /** Words to find in what is open. */
  readonly find = new Find(() => (this.conversation?.messages ?? []).map((message) => message.id));
  readonly #ahead: Ahead;
  #ticket = 0;
  #single = false;
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(
    private readonly engine: Engine,
    private readonly preferences: Preferences,
  ) {
    this.#ahead = new Ahead(engine, preferences);
  }

  /** Everything that is open is here, or it was said why not. */
  get settled(): boolean {
    return this.conversation !== null && [...this.unfolded].every((id) => this.opened.has(id) || this.problems.has(id));
  }

  /** The message that answers go to: the newest that is unfolded. */
  get subject(): MessageHead | undefined {
    const messages = this.conversation?.messages ?? [];
    return messages.findLast((message) => this.unfolded.has(message.id)) ?? messages.at(-1);
  }

  /** Opens a conversation at a message. */
  async open(message: number, single: boolean): Promise<void> {
    const ticket = ++this.#ticket;
    clearTimeout(this.#timer);
    this.message = message;
    this.#single = single;
    this.problem = null;
    const ready = this.#ahead.take(message, single);
    if (ready) return this.#begin(ready.conversation, ready.opened);
    // It is the one to be read as a rule: its body comes beside the conversation, not behind it.
    const body = this.#body(message);
    body.catch(() => undefined);
    try {
      const conversation = await this.engine.call('threads.open', { message, single });
      if (ticket !== this.#ticket) return;
      this.#begin(conversation, new Map([[message, body]]));
    } catch (thrown) {
      if (ticket !== this.#ticket) return;
      this.conversation = null;
      this.problem = asEngineError(thrown).data;
    }
  }

  /** Makes ready what is likely to be read next. */
  async prepare(messages: readonly number[], single: boolean): Promise<void> {
    await this.#ahead.prepare(messages, single);
  }

  /** What is ready is of before: the facts that are told of senders changed. */
  forgetPrepared(): void {
    this.#ahead.forget();
  }

  /** Closes what is read. */
  close(): void {
    this.#ticket += 1;
    clearTimeout(this.#timer);
    this.message = null;
    this.conversation = null;
    this.problem = null;
    this.link = '';
    this.selection = null;
  }

  /** What an answer to a message quotes: what is selected in it; nothing = all of it. */
  quoteOf(id: number): { quote?: string } {
    return quoteOf(this.selection, id, this.preferences.theme);
  }

  /** Unfolds a message, or folds it. */
  toggle(id: number): void {
    const unfolded = new Set(this.unfolded);
    if (!unfolded.delete(id)) {
      unfolded.add(id);
      void this.#show(id, this.#body(id));
    }
    this.unfolded = unfolded;
  }

  /** Unfolds all messages, or folds all but the newest. */
  toggleAll(): void {
    const ids = (this.conversation?.messages ?? []).map((message) => message.id);
    const all = ids.every((id) => this.unfolded.has(id));
    this.showEarlier = true;
    this.unfolded = new Set(all ? ids.slice(-1) : ids);
    for (const id of this.unfolded) if (!this.opened.has(id)) void this.#show(id, this.#body(id));
  }

  /** Fetches a message's body again: something about it or its sender was changed. `remote` shows its remote pictures this once. */
  async load(id: number, remote = false): Promise<void> {
    this.#ahead.forget();
    await this.#show(id, this.#body(id, remote));
  }

  /** The encoding that the user chose for a message's sender; null for its own. */
  charsetOf(id: number): string | null {
    return this.opened.get(id)?.charset ?? null;
  }

  /** Reads a message, and what its sender writes like it, in another encoding than it says; null for its own. */
  async readAs(id: number, charset: string | null): Promise<void> {
    await this.engine.call('messages.setCharset', { message: id, charset });
    await Promise.all([...this.unfolded].map((open) => this.load(open)));
  }

  /** Shows a message dark, as its words alone, or as its design says; remembered for its sender. */
  async setLook(id: number, look: MessageLook): Promise<void> {
    await this.engine.call('messages.setLook', { message: id, look });
    await this.load(id);
  }

  /** Takes how an invitation stands now. */
  setInvitation(id: number, invitation: Invitation | null): void {
    const opened = this.opened.get(id);
    if (opened) this.opened = new Map(this.opened).set(id, { ...opened, invitation });
  }

  /** Asks how the invitation of a message stands. */
  async readInvitation(id: number): Promise<void> {
    const { invitation } = await this.engine.call('invitations.read', { id });
    this.setInvitation(id, invitation);
  }

  /** Fetches all open bodies again: the theme changed, or pictures were allowed. */
  reload(): void {
    for (const id of this.unfolded) void this.load(id);
  }

  /** Takes what happened. */
  hear(event: Event): void {
    this.#ahead.hear(event);
    if (event.kind === 'downloadChanged' && event.download.state === 'done' && event.download.section === '') {
      const { message } = event.download;
      if (this.unfolded.has(message) && !this.opened.get(message)?.frameUrl) void this.load(message);
    }
    // An answer that was on its way has got on.
    if (event.kind === 'outboxChanged') {
      for (const [id, { invitation }] of this.opened) {
        if (invitation?.answer?.way === 'waiting') void this.readInvitation(id).catch(() => undefined);
      }
    }
    if (event.kind !== 'messagesChanged' || !this.conversation) return;
    if (event.threads.includes(this.conversation.thread)) void this.#refresh(event.messages);
  }

  /** Shows a conversation; `bodies` are those that are here or on their way. */
  #begin(conversation: Conversation, bodies: ReadonlyMap<number, OpenedMessage | Promise<OpenedMessage>>): void {
    this.conversation = conversation;
    this.showEarlier = false;
    this.problems = new Map();
    this.selection = null;
    this.link = '';
    this.unfolded = new Set(firstUnfolded(conversation.messages));
    const here = new Map<number, OpenedMessage>();
    for (const id of this.unfolded) {
      const body = bodies.get(id) ?? this.#body(id);
      if (body instanceof Promise) void this.#show(id, body);
      else here.set(id, body);
    }
    this.opened = here;
    this.#readLater();
  }

  /** Asks for a message's body. */
  #body(id: number, remote = false): Promise<OpenedMessage> {
    return this.engine.call('messages.open', { id, remote, theme: this.preferences.theme, look: null });
  }

  /** Shows a body once it is here, or says why it is not. */
  async #show(id: number, body: Promise<OpenedMessage>): Promise<void> {
    const ticket = this.#ticket;
    try {
      const opened = await body;
      if (ticket !== this.#ticket) return;
      this.opened = new Map(this.opened).set(id, opened);
      this.#setProblem(id, opened.problem);
    } catch (thrown) {
      if (ticket === this.#ticket) this.#setProblem(id, asEngineError(thrown).data);
    }
  }

  /** Asks for the conversation again; bodies that were missing and have come are opened. */
  async #refresh(messages: readonly number[]): Promise<void> {
    const ticket = this.#ticket;
    const message = this.message;
    if (message === null) return;
    try {
      const conversation = await this.engine.call('threads.open', { message, single: this.#single });
      if (ticket !== this.#ticket) return;
      const known = new Set(this.conversation?.messages.map((head) => head.id));
      const added = conversation.messages.filter((head) => !known.has(head.id)).map((head) => head.id);
      this.conversation = conversation;
      if (added.length > 0) this.unfolded = new Set([...this.unfolded, ...added.slice(-1)]);
      for (const id of this.unfolded) {
        const missing = !this.opened.get(id)?.frameUrl;
        if (missing && (messages.includes(id) || added.includes(id))) void this.load(id);
      }
    } catch {
      // It went meanwhile: what is on screen stays until something else is chosen.
    }
  }

  #setProblem(id: number, problem: EngineErrorData | null): void {
    const problems = new Map(this.problems);
    if (problem) problems.set(id, problem);
    else problems.delete(id);
    this.problems = problems;
  }

  #readLater(): void {
    const seconds = this.preferences.value.markReadSeconds;
    clearTimeout(this.#timer);
    if (seconds === null) return;
    this.#timer = setTimeout(() => void this.#markRead(), Math.max(DRAWN_MS, seconds * 1000));
  }

  async #markRead(): Promise<void> {
    const unread = (this.conversation?.messages ?? []).filter((head) => head.unread && this.unfolded.has(head.id));
    if (unread.length === 0) return;
    if (document.visibilityState !== 'visible') {
      const again = () => this.message !== null && this.#readLater();
      document.addEventListener('visibilitychange', again, { once: true });
      return;
    }
    const selection: Selection = { kind: 'messages', messages: unread.map((head) => head.id) };
    await this.engine.call('messages.setRead', { selection, value: true }).catch(() => undefined);
  }
}
