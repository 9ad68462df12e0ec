/**
 * Finding words in the messages that are open. Each message's frame looks in itself and says how many it found; which
 * one is shown, and in what order they come, is decided here.
 */

/** What a frame is told. */
export interface FindRequest {
  kind: 'find';
  words: string;
  /** Which of its finds is shown, from 0; -1 for none. */
  at: number;
}

/** A message on screen that can be searched. */
interface Searched {
  id: number;
  ask: (request: FindRequest) => void;
}

/** Words that are looked for. */
export class Find {
  open = $state(false);
  words = $state('');
  #counts = $state.raw<ReadonlyMap<number, number>>(new Map());
  /** The find that is shown, counted over all messages, from 0; -1 while there is none. */
  #current = $state(-1);
  #searched: Searched[] = [];

  /** `order` answers with the messages on screen, the first one first. */
  constructor(private readonly order: () => readonly number[]) {}

  /** Finds in all messages. */
  get total(): number {
    return [...this.#counts.values()].reduce((sum, count) => sum + count, 0);
  }

  /** The one that is shown, from 1; 0 when there is none. */
  get position(): number {
    return this.#current + 1;
  }

  /** A message came on screen; returns the function for when it goes. */
  join(id: number, ask: (request: FindRequest) => void): () => void {
    const searched = { id, ask };
    this.#searched = [...this.#searched, searched];
    return () => {
      this.#searched = this.#searched.filter((other) => other !== searched);
      this.#counts = new Map([...this.#counts].filter(([other]) => other !== id));
      this.#current = Math.min(this.#current, this.total - 1);
    };
  }

  /** A frame is ready to look. */
  ready(id: number): void {
    if (this.open && this.words !== '') this.#ask(id, -1);
  }

  /** A frame says what it found. */
  hear(id: number, count: number): void {
    this.#counts = new Map(this.#counts).set(id, count);
    const first = this.#current < 0 && this.total > 0;
    const waiting = this.#searched.some((searched) => !this.#counts.has(searched.id));
    if (first && !waiting) this.#show(0);
  }

  /** Looks for other words. */
  look(words: string): void {
    this.words = words;
    this.#counts = new Map();
    this.#current = -1;
    for (const { id } of this.#searched) this.#ask(id, -1);
  }

  /** Shows the next find, or the one before; around the end. */
  step(by: 1 | -1): void {
    const { total } = this;
    if (total > 0) this.#show((this.#current + by + total) % total);
  }

  /** Opens the field. */
  begin(): void {
    this.open = true;
    if (this.words !== '') this.look(this.words);
  }

  /** Takes all marks away. */
  end(): void {
    const { words } = this;
    this.look('');
    this.words = words;
    this.open = false;
  }

  #show(at: number): void {
    const before = this.#where(this.#current);
    this.#current = at;
    const now = this.#where(at);
    if (before && before.id !== now?.id) this.#ask(before.id, -1);
    if (now) this.#ask(now.id, now.at);
  }

  /** Returns the message of a find, and its number there. */
  #where(position: number): { id: number; at: number } | null {
    let left = position;
    if (left < 0) return null;
    for (const id of this.order()) {
      const count = this.#counts.get(id) ?? 0;
      if (left < count) return { id, at: left };
      left -= count;
    }
    return null;
  }

  #ask(id: number, at: number): void {
    const words = this.words.trim();
    this.#searched.find((searched) => searched.id === id)?.ask({ kind: 'find', words, at });
  }
}
