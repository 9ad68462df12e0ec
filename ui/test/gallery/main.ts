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
const file = (id: number, name: string, contentType: string, size: number) => ({
  id,
  name,
  contentType,
  size,
  inline: false,
  contentId: '',
  url: '',
});
engine.handlers['drafts.create'] = (begin) => ({
  id: 1,
  revision: 1,
  account: 1,
  from: { name: 'Yue Lin 林悦', email: 'yue@harbour.example' },
  to: [
    { name: 'Élise Marchand', email: 'elise@papier-fils.example' },
    { name: '张伟', email: 'zhangwei@harbour.example' },
    { name: '', email: 'kiran@old-host' },
  ],
  cc: [],
  bcc: [],
  subject: 'Re: Proof 3 for the spring catalogue',
  html: '<div>Dear Élise,</div><div><br></div><div>the spine is right now. Please release it with one change: <b>page 41, second column</b>, “harbour” takes a u. 张伟会在今天下午把目录页再核对一遍</div>',
  text: '',
  plain: false,
  purpose: begin.kind === 'reply' ? 'reply' : 'new',
  original: begin.kind === 'reply' ? begin.message : null,
  includeOriginal: true,
  originalUrl: begin.kind === 'reply' ? 'about:blank' : '',
  attribution: 'Élise Marchand, 10:36',
  attachments: [
    file(1, 'corrections-p41.pdf', 'application/pdf', 212_000),
    file(2, 'cover-scan-600dpi.tif', 'image/tiff', 12_100_000),
  ],
  savedAt: Date.UTC(2026, 10, 21, 10, 42, 7),
  sizeLimit: 35_000_000,
  encodedSize: 16_800_000,
});
Object.assign(window, { posthornFake: engine });
mount(App, { target: document.getElementById('app') ?? document.body, props: { engine } });

const steps = (query.get('do') ?? 'list.first').split(' ');
const run = () => {
  const id = steps.shift();
  if (id && isCommandId(id)) commands.run(id);
  else if (id) document.querySelector<HTMLElement>(decodeURIComponent(id))?.click();
  if (steps.length > 0) setTimeout(run, 250);
};
setTimeout(run, 400);
