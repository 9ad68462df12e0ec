/** Everything that the page knows, put together, and the one place where events arrive. */
import { getContext, setContext } from 'svelte';
import type { Engine } from '@/ipc/engine';
import type { AppInfo, Event, Settings } from '@/ipc/generated';
import { Accounts } from './accounts.svelte';
import { Actions } from './actions';
import { Archives } from './archives.svelte';
import { Compose } from './compose.svelte';
import { Downloads } from './downloads.svelte';
import { Drafts } from './drafts.svelte';
import { Drag } from './drag.svelte';
import { FollowUps } from './followups.svelte';
import { FolderDrag } from './folder-drag.svelte';
import { Ledger } from './ledger.svelte';
import { List } from './list.svelte';
import { Mailboxes } from './mailboxes.svelte';
import { Outbox } from './outbox.svelte';
import { People } from './people.svelte';
import { Preferences } from './preferences.svelte';
import { Reader } from './reader.svelte';
import { Screen } from './screen.svelte';
import { Spelling } from './spelling.svelte';
import { Templates } from './templates.svelte';
import { UndoBar } from './undo.svelte';
import { Viewer } from './viewer.svelte';

const KEY = Symbol('store');

/** The state of the page. */
export class Store {
  readonly accounts = new Accounts();
  readonly mailboxes = new Mailboxes();
  readonly screen = new Screen();
  readonly drag = new Drag();
  readonly viewer = new Viewer();
  readonly preferences: Preferences;
  readonly undo: UndoBar;
  readonly list: List;
  readonly reader: Reader;
  readonly outbox: Outbox;
  readonly compose: Compose;
  readonly followUps: FollowUps;
  readonly drafts: Drafts;
  readonly actions: Actions;
  readonly spelling: Spelling;
  readonly templates: Templates;
  readonly people: People;
  readonly archives: Archives;
  readonly folderDrag: FolderDrag;
  readonly ledger: Ledger;
  readonly downloads: Downloads;
  /** Facts about the application; null until they are here. */
  info = $state.raw<AppInfo | null>(null);
  offline = $state(false);
  /** Everything that the first picture needs is here. */
  ready = $state(false);
  #stop: () => void = () => undefined;

  constructor(readonly engine: Engine) {
    this.preferences = new Preferences(engine, () => this.info?.systemLanguage ?? navigator.language);
    this.undo = new UndoBar(engine);
    this.list = new List(engine, () => this.preferences.value.conversations);
    this.reader = new Reader(engine, this.preferences);
    this.outbox = new Outbox(engine);
    this.compose = new Compose(engine);
    this.drafts = new Drafts(engine);
    this.followUps = new FollowUps(engine, this.undo);
    this.spelling = new Spelling(engine);
    this.templates = new Templates(engine);
    this.people = new People(engine, this.undo);
    this.ledger = new Ledger(engine, (thrown) => this.undo.fail(thrown));
    this.downloads = new Downloads(engine, this.undo);
    this.actions = new Actions(engine, this.list, this.mailboxes, this.preferences, this.undo, this.screen);
    this.folderDrag = new FolderDrag(this.mailboxes, this.actions);
    this.archives = new Archives(engine, this.undo, this.actions);
    this.undo.instead = (operation, count) => void this.actions.deleteInstead(operation, count);
  }

  /** Loads what the first picture needs and opens the inbox. */
  async start(): Promise<void> {
    const stopMissed = this.engine.onMissed(() => void this.#again());
    const stopEvents = this.engine.on((event) => this.#hear(event));
    this.#stop = () => {
      stopMissed();
      stopEvents();
    };
    this.info = await this.engine.call('app.info', {});
    this.offline = this.info.offline;
    await this.preferences.load();
    await this.loadMail();
    // Without accounts there is nothing to unlock yet: the first password that is to be kept asks.
    if (this.info.secretsDoor !== 'open' && this.accounts.list.length > 0) void this.screen.askUnlock();
  }

  /** Loads accounts, folders and the list; asked again after the passwords were unlocked. */
  async loadMail(): Promise<void> {
    const [accounts, mailboxes] = await Promise.all([
      this.engine.call('accounts.list', {}),
      this.engine.call('mailboxes.list', {}),
      this.outbox.load(),
      this.drafts.load(),
      this.followUps.load(),
      this.archives.load(),
      this.downloads.load(),
      this.templates.load(),
    ]);
    this.accounts.list = accounts;
    this.mailboxes.list = mailboxes;
    this.ready = true;
    await this.list.reload();
  }

  /** The account of the folder that is shown; null where that is none of one account. */
  get accountHere(): number | null {
    const { place } = this.list;
    return place.kind === 'mailbox' ? (this.mailboxes.byId(place.mailbox)?.account ?? null) : null;
  }

  /** Stops listening. */
  stop(): void {
    this.#stop();
  }

  /** Changes settings; what depends on them follows, a failure is said. */
  async change(patch: Partial<Settings>): Promise<void> {
    try {
      await this.preferences.change(patch);
      if (patch.conversations !== undefined) await this.list.reload();
    } catch (thrown) {
      this.undo.fail(thrown, () => this.change(patch));
    }
  }

  /** Works offline, or online again. */
  async setOffline(offline: boolean): Promise<void> {
    await this.engine.call('app.setOffline', { offline });
    this.offline = offline;
  }

  /** Events were missed: asks for everything again. */
  async #again(): Promise<void> {
    try {
      await this.preferences.load();
      await this.loadMail();
      await this.reader.reload();
    } catch (thrown) {
      this.undo.fail(thrown, () => this.#again());
    }
  }

  #hear(event: Event): void {
    for (const part of [
      this.accounts,
      this.mailboxes,
      this.preferences,
      this.undo,
      this.list,
      this.reader,
      this.outbox,
      this.drafts,
      this.followUps,
      this.archives,
      this.ledger,
      this.downloads,
    ]) {
      part.hear(event);
    }
    if (event.kind === 'offlineChanged') this.offline = event.offline;
  }
}

/** Gives the store to all components below. */
export function provideStore(store: Store): void {
  setContext(KEY, store);
}

/** Returns the store that a component above gave. */
export function useStore(): Store {
  return getContext<Store>(KEY);
}
