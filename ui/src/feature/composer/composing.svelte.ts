/**
 * One draft on screen: what was typed, when it is saved, what stands between it and its sending.
 *
 * Invariant: everything typed reaches the engine at most `SAVE_MS` after it was typed, when the composer loses the focus,
 * and before anything that follows from it (files, sending, closing). Saves are one after the other, each on the
 * revision that the one before answered with.
 */
import type { When } from '@/state/later';
import { asEngineError, type Engine } from '@/ipc/engine';
import type {
  Address,
  Draft,
  DraftAttachment,
  DraftSignatures,
  FollowUpWhen,
  SendCheck,
  Wishes,
} from '@/ipc/generated';
import { addedTo, type Chip, chipsOf, type Field } from '@/state/recipients';

/** Longest time that something typed is not saved, milliseconds: with the save itself less than two seconds are ever lost. */
const SAVE_MS = 1_500;

/** A file that is being copied. */
export interface Pending {
  name: string;
}

/** Drafts on screen, also those put aside: what was typed survives the composer's leaving the screen. */
const open = new Map<number, Composing>();

/** Returns the one that writes a draft. `fresh`: it was begun just now, and nobody has touched it. */
export function composingOf(engine: Engine, draft: Draft, fresh = false): Composing {
  const there = open.get(draft.id);
  if (there) return there;
  const made = new Composing(engine, draft, fresh);
  open.set(draft.id, made);
  return made;
}

/** Returns the one that writes a draft, where it is open. */
export function knownComposing(id: number): Composing | undefined {
  return open.get(id);
}

/** A draft being written. */
export class Composing {
  chips = $state.raw<Record<Field, Chip[]>>({ to: [], cc: [], bcc: [] });
  /** Text in the recipient fields that is no chip yet. */
  typed = $state<Record<Field, string>>({ to: '', cc: '', bcc: '' });
  account = $state(0);
  /** The identity that it is sent as. */
  identity = $state(0);
  from = $state.raw<Address>({ name: '', email: '' });
  subject = $state('');
  plain = $state(false);
  /** What it asks of those who get it. */
  wishes = $state.raw<Wishes>({ report: false, receipt: false });
  /** When the user is reminded of it, where nobody answers; null = never. */
  followUp = $state.raw<FollowUpWhen | null>(null);
  includeOriginal = $state(false);
  /** A signature stands there, and is sent below the original. */
  signatureLast = $state(false);
  attachments = $state.raw<DraftAttachment[]>([]);
  pending = $state.raw<Pending[]>([]);
  encodedSize = $state(0);
  sizeLimit = $state<number | null>(null);
  savedAt = $state(0);
  saving = $state(false);
  sending = $state(false);
  /** The last save that failed; null when all is saved. */
  failure = $state.raw<ReturnType<typeof asEngineError> | null>(null);
  /** Counts how often the text was replaced as a whole: the editor begins anew. */
  epoch = $state(0);
  /** HTML of the editor. Not drawn from: the editor owns its text. */
  html = '';
  /** Text of the plain mode, or the text form of `html`. */
  text = $state('');

  readonly id: number;
  #touched = false;
  #revision: number;
  #dirty = false;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #queue: Promise<void> = Promise.resolve();
  #reading: Promise<unknown> = Promise.resolve();
  #ended = false;

  constructor(
    private readonly engine: Engine,
    readonly draft: Draft,
    private readonly fresh = false,
  ) {
    this.id = draft.id;
    this.#revision = draft.revision;
    this.chips = { to: chipsOf(draft.to), cc: chipsOf(draft.cc), bcc: chipsOf(draft.bcc) };
    this.account = draft.account;
    this.from = draft.from;
    this.identity = draft.identity;
    this.subject = draft.subject;
    this.plain = draft.plain;
    this.wishes = draft.wishes;
    this.followUp = draft.followUp;
    this.includeOriginal = draft.includeOriginal;
    this.signatureLast = draft.signatureLast;
    this.html = draft.html;
    this.text = draft.text;
    this.#takeFiles(draft);
  }

  /** Something was typed or chosen. */
  touch(): void {
    this.#touched = true;
    this.#dirty = true;
    this.#timer ??= setTimeout(() => void this.save(), SAVE_MS);
  }

  /** Recipients are being read from what was typed: nothing is saved or sent without them. The work never fails. */
  reads(work: Promise<void>): Promise<unknown> {
    this.#reading = Promise.all([this.#reading, work]);
    return this.#reading;
  }

  /** Saves now what is not saved; answers when it is durable or has failed. */
  async save(): Promise<void> {
    await this.#reading;
    clearTimeout(this.#timer);
    this.#timer = undefined;
    this.#queue = this.#queue.then(() => this.#saveOnce());
    await this.#queue;
  }

  /** True when the sender gets a blind copy. */
  get copiesSelf(): boolean {
    return this.chips.bcc.some((chip) => chip.address.email.toLowerCase() === this.from.email.toLowerCase());
  }

  /** Puts the sender among the blind copies, or takes them out. */
  toggleCopySelf(): void {
    const { from, chips } = this;
    const others = chips.bcc.filter((chip) => chip.address.email.toLowerCase() !== from.email.toLowerCase());
    this.chips = this.copiesSelf ? { ...chips, bcc: others } : addedTo(chips, 'bcc', [{ address: from, valid: true }]);
    this.touch();
  }

  /** Asks for a delivery report or a read receipt, or no longer does; a send waits for it. */
  async toggleWish(wish: keyof Wishes): Promise<void> {
    const before = this.wishes;
    this.wishes = { ...before, [wish]: !before[wish] };
    this.#touched = true;
    const call = this.#queue.then(() => this.engine.call('drafts.setWishes', { id: this.id, wishes: this.wishes }));
    this.#queue = call.then(
      () => undefined,
      () => {
        this.wishes = before;
      },
    );
    await call;
  }

  /** Chooses when the user is reminded of it, where nobody answers; a send waits for it. */
  async chooseFollowUp(when: FollowUpWhen | null): Promise<void> {
    const before = this.followUp;
    this.followUp = when;
    this.#touched = true;
    const call = this.#queue.then(() => this.engine.call('drafts.setFollowUp', { id: this.id, when }));
    this.#queue = call.then(
      () => undefined,
      () => {
        this.followUp = before;
      },
    );
    await call;
  }

  /** Copies files by path; answers with them. `inline`: pictures go into the text. */
  async attachPaths(paths: string[], inline = false): Promise<DraftAttachment[]> {
    const names = paths.map((path) => ({ name: path.split(/[/\\]/).at(-1) ?? path }));
    const before = this.attachments.map((file) => file.id);
    await this.#attach(names, () => this.engine.call('drafts.attachPaths', { draft: this.id, paths, inline }));
    return this.attachments.filter((file) => !before.includes(file.id));
  }

  /** Attaches bytes; answers with the file when it went into the text. */
  async attachBytes(name: string, contentType: string, data: string, inline: boolean): Promise<DraftAttachment | null> {
    const before = this.attachments.map((file) => file.id);
    await this.#attach([{ name }], () =>
      this.engine.call('drafts.attachBytes', { draft: this.id, name, contentType, data, inline }),
    );
    return this.attachments.find((file) => !before.includes(file.id)) ?? null;
  }

  /** Removes a file. */
  async removeAttachment(attachment: number): Promise<void> {
    this.#touched = true;
    await this.save();
    this.#takeFiles(await this.engine.call('drafts.removeAttachment', { draft: this.id, attachment }));
  }

  /** Asks what stands between the draft and its sending. */
  async check(): Promise<SendCheck> {
    await this.save();
    if (this.failure) throw this.failure;
    return this.engine.call('drafts.check', { id: this.id });
  }

  /** Writes it as somebody else; signature and default blind copies change with it. */
  async chooseIdentity(account: number, identity: number): Promise<void> {
    this.#touched = true;
    await this.save();
    if (this.failure) throw this.failure;
    const request = { draft: this.id, revision: this.#revision, account, identity };
    this.#replace(await this.engine.call('drafts.chooseIdentity', request));
  }

  /** Returns the signatures that it can have, and which of them it has. */
  async signatures(): Promise<DraftSignatures> {
    await this.save();
    return this.engine.call('drafts.signatures', { id: this.id });
  }

  /** Puts another signature below it; null = none. What was typed stays. */
  async chooseSignature(signature: number | null): Promise<void> {
    this.#touched = true;
    await this.save();
    if (this.failure) throw this.failure;
    const request = { draft: this.id, revision: this.#revision, signature };
    this.#replace(await this.engine.call('drafts.chooseSignature', request));
  }

  /** Hands the draft to the outbox. `when`: at a time that was chosen, or held; null = now. */
  async send(undoSeconds: number, when: When | null = null): Promise<number> {
    await this.save();
    if (this.failure) throw this.failure;
    const later = { notBeforeAt: when?.kind === 'at' ? when.at : null, hold: when?.kind === 'hold' };
    const request = { id: this.id, revision: this.#revision, undoSeconds, ...later };
    const item = await this.engine.call('drafts.send', request);
    this.#end();
    return item.id;
  }

  /** Throws the draft away. */
  async discard(): Promise<void> {
    await this.#queue;
    await this.engine.call('drafts.discard', { id: this.id });
    // Only now: a draft that could not be thrown away goes on being saved.
    this.#end();
  }

  /** True when there is nothing in it that somebody wrote. */
  get isEmpty(): boolean {
    const recipients = Object.values(this.chips).some((chips) => chips.length > 0);
    const words = this.text.trim() !== '' || this.subject.trim() !== '';
    return !recipients && !words && this.attachments.length === 0 && this.draft.original === null;
  }

  /** True when it was begun just now and nobody did anything to it. */
  get isUntouched(): boolean {
    return this.fresh && !this.#touched;
  }

  /** True when it goes on with a message of the Drafts folder, which must not go with it unasked. */
  get hasCopy(): boolean {
    return this.draft.copyMessage !== null;
  }

  /** Saves and lets go; true when the draft was kept, false when there was nothing to keep. */
  async close(): Promise<boolean> {
    await this.save();
    if (this.failure) throw this.failure;
    const kept = !this.isEmpty && !this.isUntouched;
    if (kept || this.hasCopy) {
      await this.engine.call('drafts.leave', { id: this.id });
      this.release();
    } else {
      await this.discard();
    }
    return kept;
  }

  /** Goes back to an earlier version. What is replaced becomes one itself. */
  async restore(version: number): Promise<void> {
    await this.save();
    if (this.failure) throw this.failure;
    this.#replace(await this.engine.call('drafts.restore', { draft: this.id, revision: this.#revision, version }));
  }

  /** Takes a draft that the engine changed. */
  #replace(draft: Draft): void {
    this.account = draft.account;
    this.from = draft.from;
    this.identity = draft.identity;
    this.chips = { to: chipsOf(draft.to), cc: chipsOf(draft.cc), bcc: chipsOf(draft.bcc) };
    this.typed = { to: '', cc: '', bcc: '' };
    this.subject = draft.subject;
    this.plain = draft.plain;
    this.wishes = draft.wishes;
    this.followUp = draft.followUp;
    this.signatureLast = draft.signatureLast;
    this.html = draft.html;
    this.text = draft.text;
    this.#takeFiles(draft);
    this.epoch += 1;
  }

  /** Lets go of what is saved. */
  release(): void {
    this.#end();
  }

  #end(): void {
    this.#ended = true;
    open.delete(this.id);
    clearTimeout(this.#timer);
  }

  async #saveOnce(): Promise<void> {
    if (!this.#dirty || this.#ended) return;
    this.#dirty = false;
    this.saving = true;
    try {
      const saved = await this.engine.call('drafts.save', {
        id: this.id,
        revision: this.#revision,
        account: this.account,
        from: this.from,
        ...this.#recipients(),
        subject: this.subject,
        html: this.html,
        text: this.text,
        plain: this.plain,
        includeOriginal: this.includeOriginal,
      });
      this.#revision = saved.revision;
      this.savedAt = saved.savedAt;
      this.failure = null;
    } catch (thrown) {
      this.#dirty = true;
      this.failure = asEngineError(thrown);
      this.#timer ??= setTimeout(() => void this.save(), SAVE_MS);
    } finally {
      this.saving = false;
    }
  }

  /** Chips, and what is typed and no chip yet: a save loses nothing. */
  #recipients(): Record<Field, Address[]> {
    const all = (field: Field): Address[] => {
      const typed = this.typed[field].trim();
      const addresses = this.chips[field].map((chip) => chip.address);
      return typed === '' ? addresses : [...addresses, { name: '', email: typed }];
    };
    return { to: all('to'), cc: all('cc'), bcc: all('bcc') };
  }

  async #attach(names: Pending[], call: () => Promise<Draft>): Promise<void> {
    this.#touched = true;
    await this.save();
    this.pending = [...this.pending, ...names];
    try {
      this.#takeFiles(await call());
    } finally {
      this.pending = this.pending.filter((file) => !names.includes(file));
    }
  }

  #takeFiles(draft: Draft): void {
    this.#revision = draft.revision;
    this.attachments = draft.attachments;
    this.encodedSize = draft.encodedSize;
    this.sizeLimit = draft.sizeLimit;
    this.savedAt = draft.savedAt;
  }
}
