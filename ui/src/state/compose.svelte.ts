/** The drafts that are open on screen. The composer draws and saves them. */
import type { Engine } from '@/ipc/engine';
import type { Draft, NewDraft } from '@/ipc/generated';

/** Open drafts. */
export class Compose {
  /** Open drafts, the newest last. */
  open = $state.raw<Draft[]>([]);
  /** The one that has the reader's place; null when it was put aside or answers the conversation that is read. */
  shown = $state<number | null>(null);

  constructor(private readonly engine: Engine) {}

  /** Begins a draft and opens it. */
  async start(begin: NewDraft): Promise<void> {
    this.show(await this.engine.call('drafts.create', begin));
  }

  /** Opens a draft that exists. */
  show(draft: Draft): void {
    this.open = [...this.open.filter((other) => other.id !== draft.id), draft];
    this.shown = draft.id;
  }

  /** Takes a draft off the screen. */
  close(id: number): void {
    this.open = this.open.filter((draft) => draft.id !== id);
    if (this.shown === id) this.shown = null;
  }

  /** The open draft that answers one of these messages: it is written below them. */
  answering(messages: readonly number[]): Draft | undefined {
    return this.open.findLast((draft) => draft.original !== null && messages.includes(draft.original));
  }
}
