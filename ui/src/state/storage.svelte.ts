/** Freeing room on a server: messages go to a folder of this computer a few at a time, each verified before it leaves. */
import type { Engine } from '@/ipc/engine';
import type { LargeMessage } from '@/ipc/generated';

/** Messages that move together: stopping takes effect soon, and a failure keeps few back. */
const STEP = 5;

/** One round of freeing. */
export class Freeing {
  running = $state(false);
  /** Messages that were looked at. */
  seen = $state(0);
  moved = $state(0);
  bytes = $state(0);
  failed = $state(0);
  /** Why the first of those that failed did. */
  problem = $state.raw<unknown>(null);
  #stopped = false;

  constructor(private readonly engine: Engine) {}

  /** Moves messages to a folder of this computer; returns those that are gone. */
  async run(messages: readonly LargeMessage[], mailbox: number): Promise<Set<number>> {
    const gone = new Set<number>();
    [this.running, this.seen, this.moved, this.bytes, this.failed] = [true, 0, 0, 0, 0];
    this.problem = null;
    this.#stopped = false;
    for (let at = 0; at < messages.length && !this.#stopped; at += STEP) {
      const step = messages.slice(at, at + STEP);
      // What fails together is tried one by one: one message that cannot be fetched keeps no other back.
      if (!(await this.#move(step, mailbox, gone))) {
        for (const one of step) {
          if (step.length === 1 || !(await this.#move([one], mailbox, gone))) this.failed += 1;
        }
      }
      this.seen = Math.min(messages.length, at + STEP);
    }
    this.running = false;
    return gone;
  }

  /** Stops after the messages under way. */
  stop(): void {
    this.#stopped = true;
  }

  async #move(step: readonly LargeMessage[], mailbox: number, gone: Set<number>): Promise<boolean> {
    try {
      const ids = step.map((one) => one.message);
      const done = await this.engine.call('messages.move', { selection: { kind: 'messages', messages: ids }, mailbox });
      if (done.count > 0) {
        for (const one of step) {
          gone.add(one.message);
          this.bytes += one.size;
        }
      }
      this.moved += done.count;
      return true;
    } catch (thrown) {
      this.problem ??= thrown;
      return false;
    }
  }
}
