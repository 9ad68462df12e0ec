/** The drafts of this computer: everything that was begun and neither sent nor thrown away, open or not. */
import type { Engine } from '@/ipc/engine';
import type { Draft, Event } from '@/ipc/generated';

/** Drafts that are kept here. */
export class Drafts {
  /** All, the newest first. */
  list = $state.raw<Draft[]>([]);
  #ticket = 0;

  constructor(private readonly engine: Engine) {}

  /** Asks for the drafts; an answer that was overtaken is dropped. */
  async load(): Promise<void> {
    const ticket = ++this.#ticket;
    const list = await this.engine.call('drafts.list', {});
    if (ticket === this.#ticket) this.list = list;
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
