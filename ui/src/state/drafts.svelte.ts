/** The drafts of this computer: everything that was begun and neither sent nor thrown away, open or not. */
import type { Engine } from '@/ipc/engine';
import type { Draft, Event } from '@/ipc/generated';

/** Drafts that are kept here. */
export class Drafts {
  #all = $state.raw<Draft[]>([]);
  #hidden = $state.raw<ReadonlySet<number>>(new Set());
  /** All but those that are being thrown away, the newest first. */
  readonly list = $derived(this.#all.filter((draft) => !this.#hidden.has(draft.id)));
  #ticket = 0;

  constructor(private readonly engine: Engine) {}

  /** Asks for the drafts; an answer that was overtaken is dropped. */
  async load(): Promise<void> {
    const ticket = ++this.#ticket;
    const list = await this.engine.call('drafts.list', {});
    if (ticket === this.#ticket) this.#all = list;
  }

  /** Hides a draft that is about to go. */
  hide(id: number): void {
    this.#hidden = new Set(this.#hidden).add(id);
  }

  /** Shows it again, where it is still there. */
  unhide(id: number): void {
    this.#hidden = new Set([...this.#hidden].filter((other) => other !== id));
  }

  /** Returns a draft as it is now. */
  get(id: number): Promise<Draft> {
    return this.engine.call('drafts.get', { id });
  }

  /** Takes what happened. */
  hear(event: Event): void {
    // What is on screen stays when this fails; the next change asks again.
    if (event.kind === 'draftsChanged' || event.kind === 'outboxChanged') void this.load().catch(() => undefined);
  }
}
