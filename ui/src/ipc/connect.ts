/** Chooses the transport. Null when the page runs in a browser and has no token yet. */
import type { Engine } from './engine';
import { connectShell, insideShell } from './tauri';
import { connectWeb, storedToken } from './web';

/** Connects to the engine; `token` is what the user typed on the prompt page. */
export function connect(token?: string): Promise<Engine> | null {
  if (insideShell()) return connectShell();
  const known = token ?? storedToken();
  return known ? connectWeb(known) : null;
}
