/** Draws the interface on synthetic mail, for looking at it: `?theme=dark&lang=zh-CN&density=compact&do=palette`. Never built. */
import { mount } from 'svelte';
import '@/component/style/index.css';
import App from '@/app/App.svelte';
import { commands } from '@/command/registry.svelte';
import { isCommandId } from '@/command/table';
import { FakeEngine } from '../fake';
import { PROOF } from './proof';

const query = new URLSearchParams(location.search);
const engine = new FakeEngine(Number(query.get('rows') ?? 1284));
engine.body = PROOF;
engine.settings.theme = query.get('theme') ?? 'light';
engine.settings.language = query.get('lang') ?? 'en';
engine.settings.density = query.get('density') ?? 'cosy';
if (query.has('empty')) engine.handlers['accounts.list'] = () => [];
mount(App, { target: document.getElementById('app') ?? document.body, props: { engine } });

const steps = (query.get('do') ?? 'list.first').split(' ');
const run = () => {
  const id = steps.shift();
  if (id && isCommandId(id)) commands.run(id);
  else if (id) document.querySelector<HTMLElement>(decodeURIComponent(id))?.click();
  if (steps.length > 0) setTimeout(run, 250);
};
setTimeout(run, 400);
