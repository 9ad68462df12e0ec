/** Reminders of sent messages that nobody answers. */
import type { Engine } from '@/ipc/engine';
import type { Event, FollowUp } from '@/ipc/generated';
import { dayAndTime } from '@/text/format';
import { t } from '@/text/text.svelte';
import type { UndoBar } from './undo.svelte';

/** Reminders whose message is here. */
export class FollowUps {
  #all = $state.raw<readonly FollowUp[]>([]);
  readonly #byMessage = $derived(new Map(this.#all.map((one) => [one.message, one])));
  /** How many are due. */
  readonly due = $derived(this.#all.filter((one) => one.due).length);

  constructor(
    private readonly engine: Engine,
    private readonly undo: UndoBar,
  ) {}

  /** Asks for them. */
  async load(): Promise<void> {
    this.#all = await this.engine.call('followUps.list', {});
  }

  /** Returns the reminder of a message. */
  of(message: number): FollowUp | undefined {
    return this.#byMessage.get(message);
  }

  /** Reminds of a message then, where nobody answers. */
  async set(message: number, at: number): Promise<void> {
    try {
      await this.engine.call('followUps.set', { message, at });
      this.undo.say(t('followup-set', { when: dayAndTime(at) }));
    } catch (thrown) {
      this.undo.fail(thrown, () => this.set(message, at));
    }
  }

  /** Ends the reminder of a message. */
  async remove(message: number): Promise<void> {
    try {
      await this.engine.call('followUps.remove', { id: message });
      this.undo.say(t('followup-ended'));
    } catch (thrown) {
      this.undo.fail(thrown, () => this.remove(message));
    }
  }

  /** Takes what happened. */
  hear(event: Event): void {
    if (event.kind === 'followUpsChanged') this.#all = event.reminders;
  }
}
