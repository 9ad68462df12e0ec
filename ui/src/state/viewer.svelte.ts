/**
 * Files being looked at inside the window: one of a list, through which the arrow keys walk, and messages inside messages,
 * each with a list of its own above the one that led there.
 */
import type { Attachment } from '@/ipc/generated';

/** Messages inside messages that are opened one above the other; the engine refuses more. */
const DEPTH = 8;

/** A file that can be looked at. */
export interface Viewed {
  /** The message that has it, or that the message is inside of which has it. */
  message: number;
  /** Who sent that message, for the question before a program is opened. */
  sender: string;
  /** Number of the part of that message. */
  part: number;
  /** The way into messages inside that part. */
  inside: number[];
  file: Attachment;
}

/** What is looked at. */
export class Viewer {
  list = $state.raw<readonly Viewed[]>([]);
  at = $state(0);
  /** How many times as wide as fits pages are shown; the same for all files that are walked through. */
  zoom = $state(1);
  #below = $state.raw<readonly { list: readonly Viewed[]; at: number }[]>([]);

  /** The file; absent while nothing is looked at. */
  get file(): Viewed | undefined {
    return this.list[this.at];
  }

  /** True when it is inside a message that is a file itself. */
  get nested(): boolean {
    return this.#below.length > 0;
  }

  /** True when a message that is looked at may be opened further. */
  get canEnter(): boolean {
    return this.#below.length + 1 < DEPTH;
  }

  /** Looks at a file of a list. */
  open(list: readonly Viewed[], at: number): void {
    this.#below = [];
    this.zoom = 1;
    this.list = list;
    this.at = Math.max(0, Math.min(at, list.length - 1));
  }

  /** Goes to the next file or the one before; stops at the ends. */
  step(by: 1 | -1): void {
    this.at = Math.max(0, Math.min(this.at + by, this.list.length - 1));
  }

  /** Returns the files of the message that is looked at. */
  within(files: readonly Attachment[]): Viewed[] {
    const { file } = this;
    if (!file) return [];
    return files.map((one) => ({ ...file, inside: [...file.inside, one.part], file: one }));
  }

  /** Looks at a file of the message that is looked at. */
  enter(files: readonly Attachment[], at: number): void {
    if (!this.canEnter) return;
    const list = this.within(files);
    this.#below = [...this.#below, { list: this.list, at: this.at }];
    this.list = list;
    this.at = at;
  }

  /** Goes back to the message that the file is in; closes where there is none. */
  back(): void {
    const last = this.#below.at(-1);
    if (!last) return this.close();
    this.#below = this.#below.slice(0, -1);
    this.list = last.list;
    this.at = last.at;
  }

  /** Looks at nothing. */
  close(): void {
    this.#below = [];
    this.list = [];
    this.at = 0;
  }
}
