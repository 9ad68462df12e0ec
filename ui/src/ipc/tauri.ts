/**
 * The engine inside the desktop shell: each method is a command of its own, events come on the channel `engine`.
 *
 * A command's name is the method's with `.` as `_` and capitals as `_` and a small letter.
 */
import { invoke } from '@tauri-apps/api/core';
import { listen } from '@tauri-apps/api/event';
import { getCurrentWebview } from '@tauri-apps/api/webview';
import { getCurrentWindow } from '@tauri-apps/api/window';
import { contentAddress } from './content';
import type { Answer, Engine, FileDrop, Method, Params } from './engine';
import { readError } from './error';
import type { Event } from './generated';

/** Returns the command that a method is called by. */
export function commandName(method: string): string {
  return method.replace('.', '_').replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
}

/** True when the page runs inside the shell. */
export function insideShell(): boolean {
  return '__TAURI_INTERNALS__' in window;
}

async function command<T>(name: string, args?: Record<string, unknown>): Promise<T> {
  try {
    return await invoke<T>(name, args);
  } catch (thrown) {
    throw readError(thrown);
  }
}

/** Calls `stop` once the promise of it is there, also when stopping was asked for before. */
function stopper(promised: Promise<() => void>): () => void {
  return () => void promised.then((stop) => stop());
}

/** Connects to the engine of the shell. */
export async function connectShell(): Promise<Engine> {
  const info = await command<Answer<'app.info'>>('app_info', { params: {} });
  const listeners = new Set<(event: Event) => void>();
  const outgoing = new Outgoing((paths) => command('shell_drag_files', { paths }));
  const hear = (event: Event): void => listeners.forEach((listener) => listener(event));
  await listen<Event>('engine', (event) => hear(event.payload));
  return {
    call: <M extends Method>(method: M, params: Params<M>) => command<Answer<M>>(commandName(method), { params }),
    on: (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    ready: async () => (await command<Event[]>('shell_ready')).forEach(hear),
    painted: (rows) => command('shell_painted', { rows }),
    onMissed: (listener) => stopper(listen('shell-lagged', () => listener())),
    contentUrl: (path) => contentAddress(info.contentBase, path),
    pickFiles: (pictures) => command('shell_pick_files', { pictures: pictures ?? null }),
    pickSavePath: (name) => command('shell_pick_save_path', { name }),
    pickFolder: () => command('shell_pick_folder'),
    openExternal: (url) => command('shell_open_external', { url }),
    openPath: (path) => command('shell_open_path', { path }),
    ...(/Linux/.test(navigator.userAgent) ? { dragFiles: (paths: readonly string[]) => outgoing.drag(paths) } : {}),
    clipboardImage: () => command('shell_clipboard_image'),
    print: (url) => command('shell_print', { url }),
    setSpelling: (languages) => command('shell_set_spelling', { languages }),
    onFileDrop: (listener) => stopper(listenToDrops(listener, outgoing)),
    onCloseAsked: (listener) =>
      stopper(
        listen('shell-close-asked', () => {
          // A page that says nothing is taken for hung: closing again then quits.
          void command('shell_close_heard').catch(() => undefined);
          listener();
        }),
      ),
    quit: () => command('shell_confirm_quit'),
    setTitle: (title) => getCurrentWindow().setTitle(title),
  };
}

/** Files on their way out: the window hears of them, too, and they are nothing that comes in. */
class Outgoing {
  #now = 0;
  readonly #paths = new Set<string>();

  constructor(private readonly begin: (paths: readonly string[]) => Promise<boolean>) {}

  /** True for files of ours; without paths, while some are under way. */
  has(paths?: readonly string[]): boolean {
    return paths ? paths.some((path) => this.#paths.has(path)) : this.#now > 0;
  }

  /** Drags files until they are let go. */
  async drag(paths: readonly string[]): Promise<boolean> {
    for (const path of paths) this.#paths.add(path);
    this.#now += 1;
    try {
      return await this.begin(paths);
    } finally {
      this.#now -= 1;
    }
  }
}

/** Positions arrive in physical pixels; the page counts in CSS pixels. */
function listenToDrops(listener: (drop: FileDrop) => void, outgoing: Outgoing): Promise<() => void> {
  return getCurrentWebview().onDragDropEvent(({ payload }) => {
    if (payload.type === 'leave') return listener({ kind: 'leave' });
    if (outgoing.has(payload.type === 'over' ? undefined : payload.paths)) return;
    const x = payload.position.x / window.devicePixelRatio;
    const y = payload.position.y / window.devicePixelRatio;
    if (payload.type === 'drop') listener({ kind: 'drop', x, y, paths: payload.paths });
    else listener({ kind: 'over', x, y });
  });
}
