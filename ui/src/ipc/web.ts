/**
 * The engine behind the development server: the same methods over HTTP, events over a WebSocket. For browsers and tests.
 *
 * The token comes from the address' fragment (`#token=…`), which browsers never send; it is taken out at once.
 * A broken socket is opened again with growing pauses. What only a desktop can do is said to be missing.
 */
import { contentAddress } from './content';
import { type Answer, type Engine, EngineError, type Method, type Params } from './engine';
import { readError } from './error';
import type { Event } from './generated';

/** Pauses before the socket is opened again, milliseconds. */
const RECONNECT_MS = [250, 500, 1_000, 2_000, 5_000] as const;
const KEY = 'posthorn-token';

/** Returns the token of this tab; null when the user has to be asked for it. */
export function storedToken(): string | null {
  const token = /[#&]token=([0-9A-Za-z_-]+)/.exec(location.hash)?.[1];
  if (token) {
    sessionStorage.setItem(KEY, token);
    history.replaceState(null, '', location.pathname + location.search);
  }
  return token ?? sessionStorage.getItem(KEY);
}

async function post<M extends Method>(token: string, method: M, params: Params<M>): Promise<Answer<M>> {
  let response: Response;
  try {
    response = await fetch(`/api/${method}`, {
      method: 'POST',
      headers: { Authorization: `Bearer ${token}`, 'Content-Type': 'application/json' },
      body: JSON.stringify(params),
    });
  } catch (thrown) {
    throw new EngineError({ code: 'offline', message: String(thrown), detail: location.host });
  }
  const text = await response.text();
  const value: unknown = text === '' ? {} : JSON.parse(text);
  if (!response.ok) throw readError(value);
  return value as Answer<M>;
}

class Events {
  readonly #listeners = new Set<(event: Event) => void>();
  /** Called when the socket is open again: what happened meanwhile was missed. */
  onMissed: () => void = () => undefined;
  #tries = 0;
  #opened = false;

  constructor(private readonly token: string) {
    this.#open();
  }

  add(listener: (event: Event) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  #open(): void {
    const socket = new WebSocket(`${location.protocol === 'https:' ? 'wss' : 'ws'}://${location.host}/events`);
    socket.onopen = () => {
      this.#tries = 0;
      socket.send(this.token);
      if (this.#opened) this.onMissed();
      this.#opened = true;
    };
    socket.onmessage = (message) => {
      const event = JSON.parse(String(message.data)) as Event;
      for (const listener of this.#listeners) listener(event);
    };
    socket.onclose = () => {
      const pause = RECONNECT_MS[Math.min(this.#tries, RECONNECT_MS.length - 1)];
      this.#tries += 1;
      setTimeout(() => this.#open(), pause);
    };
  }
}

function onlyOnDesktop(): EngineError {
  return new EngineError({ code: 'invalid', message: 'only the desktop application can do this', detail: '' });
}

/** Asks for a path by name: a browser has no dialog that tells one. */
function askPath(name: string): Promise<string | null> {
  return Promise.resolve(window.prompt('Path', name));
}

/** Connects to the development server that served this page. */
export async function connectWeb(token: string): Promise<Engine> {
  const info = await post(token, 'app.info', {});
  const events = new Events(token);
  return {
    call: (method, params) => post(token, method, params),
    on: (listener) => events.add(listener),
    ready: () => Promise.resolve(),
    painted: () => Promise.resolve(),
    onMissed: (listener) => {
      events.onMissed = listener;
      return () => (events.onMissed = () => undefined);
    },
    contentUrl: (path) => contentAddress(info.contentBase, path),
    pickFiles: async () => (await askPath(''))?.split('\n').filter((path) => path !== '') ?? [],
    pickSavePath: askPath,
    pickFolder: () => askPath(''),
    openExternal: (url) => {
      window.open(url, '_blank', 'noopener,noreferrer');
      return Promise.resolve();
    },
    openPath: () => Promise.reject(onlyOnDesktop()),
    clipboardImage: () => Promise.resolve(null),
    print: (url) => {
      window.open(url, '_blank', 'noopener,noreferrer');
      return Promise.resolve();
    },
    // A browser checks as it is set.
    setSpelling: (languages) => Promise.resolve({ installed: [], active: [...languages] }),
    onFileDrop: () => () => undefined,
    onCloseAsked: () => () => undefined,
    setTitle: (title) => {
      document.title = title;
      return Promise.resolve();
    },
  };
}
