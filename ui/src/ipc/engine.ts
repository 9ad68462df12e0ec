/**
 * The engine as the page sees it: one typed call, one stream of events, and what the window around the page offers.
 *
 * Two transports implement it (`tauri.ts`, `web.ts`); nothing outside of this folder knows which one runs.
 */
import type { Code, Error as EngineErrorData, Event, Methods } from './generated';

/** Name of a method of the engine. */
export type Method = keyof Methods;
/** What a method takes. */
export type Params<M extends Method> = Methods[M]['params'];
/** What a method answers. */
export type Answer<M extends Method> = Methods[M]['answer'];

/** Files over the window; positions are CSS pixels of the page. */
export type FileDrop =
  { kind: 'over'; x: number; y: number } | { kind: 'drop'; x: number; y: number; paths: string[] } | { kind: 'leave' };

/** A failed call, with the code that decides on the words and the action. */
export class EngineError extends Error {
  override readonly name = 'EngineError';
  /** What went wrong. */
  readonly code: Code;
  /** The server's sentence, a host, a path; empty when there is nothing to add. */
  readonly detail: string;

  constructor(data: EngineErrorData) {
    super(data.message);
    this.code = data.code;
    this.detail = data.detail;
  }

  /** The error as the contract writes it. */
  get data(): EngineErrorData {
    return { code: this.code, message: this.message, detail: this.detail };
  }
}

/** Returns what was thrown as an engine error. */
export function asEngineError(thrown: unknown): EngineError {
  if (thrown instanceof EngineError) return thrown;
  const message = thrown instanceof Error ? thrown.message : String(thrown);
  return new EngineError({ code: 'internal', message, detail: message });
}

/** Dictionaries that are there, and those in use. */
export interface Spelling {
  installed: string[];
  active: string[];
}

/** What the page asks of the engine and of the window. */
export interface Engine {
  /** Calls a method; rejects with `EngineError`. */
  call<M extends Method>(method: M, params: Params<M>): Promise<Answer<M>>;
  /** Listens to events; returns the function that stops. */
  on(listener: (event: Event) => void): () => void;
  /** Says that the page listens: what it was asked to open before comes as events now. */
  ready(): Promise<void>;
  /** Says that the first list stands on the screen, with this many rows drawn; a start is measured by it. */
  painted(rows: number): Promise<void>;
  /** Hears that events were missed, because the page was too slow or the line broke: everything is to be asked again. */
  onMissed(listener: () => void): () => void;
  /** Returns the full address of something on the content scheme. */
  contentUrl(path: string): string;
  /** Lets the user choose files, or pictures, called so; empty when cancelled. */
  pickFiles(pictures?: string): Promise<string[]>;
  /** Lets the user choose where to save a file; null when cancelled. */
  pickSavePath(name: string): Promise<string | null>;
  /** Lets the user choose a folder; null when cancelled. */
  pickFolder(): Promise<string | null>;
  /** Opens a web or mail address outside. */
  openExternal(url: string): Promise<void>;
  /** Opens a file with the program that the system has for it. */
  openPath(path: string): Promise<void>;
  /** Drags staged files out of the window until they are let go; absent where the page cannot. */
  dragFiles?: (paths: readonly string[]) => Promise<boolean>;
  /** Returns the picture on the clipboard as base64 PNG; null when there is none. */
  clipboardImage(): Promise<string | null>;
  /** Prints a document of the content scheme, after asking how. */
  print(url: string): Promise<void>;
  /** Checks spelling with these dictionaries from now on; with none, not at all. */
  setSpelling(languages: readonly string[]): Promise<Spelling>;
  /** Hears about files dragged over the window; returns the function that stops. */
  onFileDrop(listener: (drop: FileDrop) => void): () => void;
  /** Hears that the window is to be closed although something is unsent; returns the function that stops. */
  onCloseAsked(listener: () => void): () => void;
  /** Quits for good, after the user was asked; absent where the page cannot. */
  quit?: () => Promise<void>;
  /** Sets the window's title. */
  setTitle(title: string): Promise<void>;
}
