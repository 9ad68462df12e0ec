/** The drafts that are open on screen. The composer draws and saves them. */
import type { Engine } from '@/ipc/engine';
import type { Draft, FollowUpWhen, NewDraft, Template, Wishes } from '@/ipc/generated';

/** What the composer on screen does for commands: buttons, menus, keys and the palette all come through here. */
export interface Writing {
  /** The draft. */
  readonly id: number;
  /** Plain-text mode: there is no formatting. */
  readonly plain: boolean;
  /** The sender gets a blind copy. */
  readonly copiesSelf: boolean;
  /** What it asks of those who get it. */
  readonly wishes: Wishes;
  /** When the user is reminded of it, where nobody answers; null = never. */
  readonly followUp: FollowUpWhen | null;
  /** It answers or forwards a message. */
  readonly answers: boolean;
  /** Sends; and archives what it answers, where that is asked for. */
  send(archive: boolean): Promise<void>;
  /** Opens the choice of a time to send at. */
  sendLater(): void;
  /** Opens the choice of a time to be reminded at, where nobody answers. */
  chooseFollowUp(): void;
  /** Puts it into the outbox, where it waits until it is let go. */
  hold(): Promise<void>;
  attach(): Promise<void>;
  /** Puts a picture of a file into the text. */
  picture(): Promise<void>;
  /** Formats what is selected, or takes the format away. */
  format(format: Format): void;
  link(): Promise<void>;
  togglePlain(): Promise<void>;
  /** Puts the caret into a field. */
  focus(field: 'to' | 'cc' | 'bcc' | 'subject' | 'text'): Promise<void>;
  /** Puts the sender among the blind copies, or takes them out. */
  toggleCopySelf(): void;
  /** Asks for a delivery report or a read receipt, or no longer does. */
  toggleWish(wish: keyof Wishes): Promise<void>;
  /** Opens the choice of templates. */
  chooseTemplate(): void;
  /** Puts a template into the text. */
  insertTemplate(template: Template): void;
  /** Makes a template of what was written. */
  saveTemplate(): Promise<void>;
  /** Opens the choice of senders. */
  chooseFrom(): void;
  /** Makes a group of the recipients. */
  saveGroup(): void;
  /** Opens the choice of signatures. */
  chooseSignature(): Promise<void>;
  /** Shows earlier versions, to go back to. */
  versions(): void;
  discard(): Promise<void>;
  /** Keeps the draft and goes. */
  close(): Promise<void>;
}

/** A format of the text. */
export type Format = 'bold' | 'italic' | 'underline' | 'list' | 'numbered' | 'quote' | 'clear';

/** Open drafts. */
export class Compose {
  /** Open drafts, the newest last. */
  open = $state.raw<Draft[]>([]);
  /** The one that has the reader's place; null when it was put aside or answers the conversation that is read. */
  shown = $state<number | null>(null);
  /** The composer that is drawn now; null where none is. */
  writing = $state.raw<Writing | null>(null);
  /** Drafts that were begun here and not touched since: closed, they leave nothing behind. */
  readonly untouched = new Set<number>();

  constructor(private readonly engine: Engine) {}

  /** Begins a draft and opens it. */
  async start(begin: NewDraft): Promise<Draft> {
    const draft = await this.engine.call('drafts.create', begin);
    // A link's words, people who were chosen and a draft that is written on were wanted by somebody.
    const named = begin.kind === 'blank' && (begin.to?.length ?? 0) > 0;
    if (!named && begin.kind !== 'mailto' && begin.kind !== 'continue') this.untouched.add(draft.id);
    this.show(draft);
    return draft;
  }

  /** Opens a draft that exists. */
  show(draft: Draft): void {
    this.open = [...this.open.filter((other) => other.id !== draft.id), draft];
    this.shown = draft.id;
  }

  /** Takes a draft off the screen. */
  close(id: number): void {
    this.open = this.open.filter((draft) => draft.id !== id);
    this.untouched.delete(id);
    if (this.shown === id) this.shown = null;
  }

  /** The open draft that answers one of these messages: it is written below them. */
  answering(messages: readonly number[]): Draft | undefined {
    return this.open.findLast((draft) => draft.original !== null && messages.includes(draft.original));
  }
}
