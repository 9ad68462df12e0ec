/** Where the page begins: styles, engine, store, first picture. */
import { mount } from 'svelte';
import '@/component/style/index.css';
import { connect } from '@/ipc/connect';
import type { Engine } from '@/ipc/engine';
import { drawEarly } from '@/state/preferences.svelte';
import App from './App.svelte';
import Gate from './Gate.svelte';

const target = document.getElementById('app') ?? document.body;

/** Draws the application on an engine. */
export function draw(engine: Engine): void {
  target.replaceChildren();
  mount(App, { target, props: { engine } });
}

/** Connects; asks for the token, or says why it failed. */
async function begin(token?: string): Promise<void> {
  const connecting = connect(token);
  let failure: unknown = null;
  try {
    if (connecting) return draw(await connecting);
  } catch (thrown) {
    failure = thrown;
  }
  target.replaceChildren();
  mount(Gate, { target, props: { failure, onToken: (typed: string) => void begin(typed) } });
}

drawEarly();
void begin();
