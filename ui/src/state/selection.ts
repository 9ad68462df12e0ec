/** Which rows are marked: a set of messages, or all but some. An immutable value; the engine gets it as it is. */
import type { Selection as Wire } from '@/ipc/generated';

/** Marked rows, by the messages that stand for them. */
export class Marked {
  private constructor(
    private readonly all: boolean,
    private readonly messages: ReadonlySet<number>,
  ) {}

  /** Nothing. */
  static readonly none = new Marked(false, new Set());
  /** Everything. */
  static readonly everything = new Marked(true, new Set());

  /** These alone. */
  static of(messages: Iterable<number>): Marked {
    return new Marked(false, new Set(messages));
  }

  /** True when the row is marked. */
  has(message: number): boolean {
    return this.messages.has(message) !== this.all;
  }

  /** Marks a row, or takes the mark away. */
  toggle(message: number): Marked {
    const messages = new Set(this.messages);
    if (!messages.delete(message)) messages.add(message);
    return new Marked(this.all, messages);
  }

  /** Marks these too. */
  add(added: Iterable<number>): Marked {
    const messages = new Set(this.messages);
    for (const message of added) {
      if (this.all) messages.delete(message);
      else messages.add(message);
    }
    return new Marked(this.all, messages);
  }

  /** Follows rows for which another message stands now. */
  renamed(pairs: readonly (readonly [number, number])[]): Marked {
    const known = pairs.filter(([before]) => this.messages.has(before));
    if (known.length === 0) return this;
    const messages = new Set(this.messages);
    for (const [before] of known) messages.delete(before);
    for (const [, after] of known) messages.add(after);
    return new Marked(this.all, messages);
  }

  /** Forgets messages whose rows went. */
  without(gone: readonly number[]): Marked {
    if (!gone.some((message) => this.messages.has(message))) return this;
    const messages = new Set(this.messages);
    for (const message of gone) messages.delete(message);
    return new Marked(this.all, messages);
  }

  /** How many of `total` rows are marked. */
  size(total: number): number {
    return this.all ? Math.max(0, total - this.messages.size) : this.messages.size;
  }

  /** True when nothing is marked. */
  get isEmpty(): boolean {
    return !this.all && this.messages.size === 0;
  }

  /** True when everything but some is marked. */
  get isAll(): boolean {
    return this.all;
  }

  /** As the engine takes it. */
  wire(view: number): Wire {
    const messages = [...this.messages];
    return this.all ? { kind: 'all', view, except: messages } : { kind: 'rows', view, messages };
  }
}
