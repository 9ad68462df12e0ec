/** The messages on their way out. */
import type { Engine } from '@/ipc/engine';
import type { Event, OutboxItem } from '@/ipc/generated';

/** The outbox. */
export class Outbox {
  /** All rows that are not done. */
  items = $state.raw<OutboxItem[]>([]);

  /** The row that is looked at. */
  active = $state<number | null>(null);

  constructor(private readonly engine: Engine) {}

  /** Some rows wait for the user: refused, or their fate is unknown. */
  get needsYou(): boolean {
    return this.items.some((item) => ['needsPassword', 'unknown', 'refused'].includes(item.state));
  }

  /** Asks for the rows. */
  async load(): Promise<void> {
    this.items = await this.engine.call('outbox.list', {});
  }

  /** Takes what happened. */
  hear(event: Event): void {
    if (event.kind === 'outboxChanged') this.items = event.items;
  }
}
