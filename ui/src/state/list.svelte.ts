/**
 * The list on screen: its place, its view in the engine, the row in focus and the rows that are marked.
 *
 * Opening is a race that the last one wins. Deltas that come before the answer of `views.open` are kept for it.
 * New rows never move what is being looked at: they are counted, and shown when asked for or when at the top.
 */
import { asEngineError, type Engine, type EngineError } from '@/ipc/engine';
import type {
  Beyond,
  Event,
  QuickFilter,
  Row,
  SearchInfo,
  Selection,
  SortKey,
  ViewDelta,
  ViewSpec,
} from '@/ipc/generated';
import { type Place, samePlace } from './place';
import { PAGE, type Renumber, Rows } from './rows';
import { Marked } from './selection';

/** Rows that a range selection reaches at most; beyond it *select all* is the way. */
const RANGE_MAX = 5_000;
/** Rows before and behind those in view that are asked for too: a fast glide takes a third of a second to them. */
const NEAR = 64;
/** Rows of one request while a range is selected; the engine's limit. */
const RANGE_STEP = 512;
const NO_FILTER: QuickFilter = { unread: false, starred: false, withFiles: false };

/** The row in focus. */
export interface Active {
  /** The message that was chosen; of a conversation it stays when a newer one stands for the row. */
  message: number;
  index: number;
  /** Its row went by itself; another stands at its number now. */
  gone?: true;
}

/** What a view component does when asked. */
export interface ListScreen {
  /** Shows a row. */
  reveal(index: number): void;
  /** The rows were renumbered: what is looked at stays where it is. */
  renumbered(renumber: Renumber | null): void;
  /** Rows that fit. */
  pageLength(): number;
  /** The first row is in view. */
  atTop(): boolean;
}

/** The list of messages. */
export class List {
  place = $state.raw<Place>({ kind: 'role', role: 'inbox' });
  filter = $state.raw<QuickFilter>(NO_FILTER);
  sort = $state<SortKey>('date');
  ascending = $state(false);
  total = $state(0);
  unread = $state(0);
  /** More rows may follow the last one: the numbers are what is known so far. */
  counting = $state(false);
  /** Advances whenever rows changed: reading it follows them. */
  revision = $state(0);
  loading = $state(true);
  failure = $state.raw<EngineError | null>(null);
  search = $state.raw<SearchInfo | null>(null);
  /** What servers find of the search; null while none is asked. */
  beyond = $state.raw<Beyond | null>(null);
  active = $state.raw<Active | null>(null);
  marked = $state.raw(Marked.none);
  /** Rows that came above what is looked at. */
  fresh = $state(0);
  /** Which way the user moved last: 1 down, -1 up. */
  direction: 1 | -1 = 1;
  screen: ListScreen | null = null;

  readonly #rows = new Rows();
  readonly #asked = new Set<number>();
  #view: number | null = null;
  #ticket = 0;
  #early: ViewDelta[] = [];
  #anchor: number | null = null;
  /** A row that is to get the focus once it is here. */
  #wanted: { index: number; extend: boolean } | null = null;
  #seen: [number, number] = [0, PAGE - 1];

  constructor(
    private readonly engine: Engine,
    private readonly conversations: () => boolean,
  ) {}

  /** The view's handle in the engine. */
  get view(): number | null {
    return this.#view;
  }

  /** Returns a row that is here; follows `revision`. */
  row(index: number): Row | undefined {
    return this.revision >= 0 ? this.#rows.get(index) : undefined;
  }

  /** The row in focus, when it is here. */
  get activeRow(): Row | undefined {
    const { active } = this;
    return active && !active.gone ? this.row(active.index) : undefined;
  }

  /** Goes to a place. */
  async open(place: Place): Promise<void> {
    if (!samePlace(place, this.place)) {
      if (place.kind !== 'search' || this.place.kind !== 'search') this.filter = NO_FILTER;
      this.active = null;
    }
    this.place = place;
    await this.reload();
  }

  /** Filters the place. */
  async setFilter(filter: QuickFilter): Promise<void> {
    this.filter = filter;
    await this.reload();
  }

  /** Orders the place. */
  async setSort(sort: SortKey, ascending: boolean): Promise<void> {
    this.sort = sort;
    this.ascending = ascending;
    await this.reload();
  }

  /** Opens the view of the place again. */
  async reload(): Promise<void> {
    const ticket = ++this.#ticket;
    const before = this.#view;
    this.#view = null;
    this.#early = [];
    this.marked = Marked.none;
    this.#wanted = null;
    this.fresh = 0;
    this.failure = null;
    this.beyond = null;
    this.loading = true;
    if (before !== null) void this.engine.call('views.close', { id: before }).catch(() => undefined);
    if (this.place.kind === 'outbox') return this.#forget();
    try {
      const opened = await this.engine.call('views.open', this.#spec(this.place));
      if (ticket !== this.#ticket) return void this.engine.call('views.close', { id: opened.view });
      this.#view = opened.view;
      this.search = opened.search;
      this.#rows.reset(opened.version, opened.total, opened.rows);
      this.#count(opened);
      this.#asked.clear();
      this.loading = false;
      this.screen?.renumbered(null);
      this.#lose();
      for (const delta of this.#early) if (delta.view === opened.view) this.#apply(delta);
      this.#refresh();
    } catch (thrown) {
      if (ticket !== this.#ticket) return;
      this.#forget();
      this.failure = asEngineError(thrown);
    }
  }

  /** Says which rows are looked at; what is missing is asked for. */
  look(first: number, last: number): void {
    this.#seen = [first, last];
    this.#fetchMissing();
  }

  /** Moves the focus by rows. */
  move(by: number, extend = false): void {
    const step = this.active?.gone && by > 0 ? by - 1 : by;
    const from = this.#wanted?.index ?? this.active?.index;
    const index = from === undefined ? 0 : from + step;
    this.direction = by < 0 ? -1 : 1;
    this.focus(Math.max(0, Math.min(this.total - 1, index)), extend);
  }

  /** Puts the focus on a row; with `extend`, marks everything from the anchor to it. */
  focus(index: number, extend = false): void {
    const row = this.row(index);
    this.#wanted = row ? null : { index, extend };
    this.screen?.reveal(index);
    if (!row) return this.look(index, index);
    if (extend) void this.#extend(index);
    else {
      this.#anchor = index;
      this.marked = Marked.none;
    }
    this.active = { message: row.message, index };
  }

  /** Marks or unmarks a row. */
  toggle(index: number): void {
    const row = this.row(index);
    if (!row) return;
    this.#anchor = index;
    this.marked = this.marked.toggle(row.message);
  }

  /** Marks all rows, or none. */
  markAll(on: boolean): void {
    this.marked = on ? Marked.everything : Marked.none;
  }

  /** The messages beside the one in focus, first the one that comes next. */
  get neighbours(): number[] {
    const at = this.active?.index ?? -1;
    if (at < 0) return [];
    const rows = [this.row(at + this.direction), this.row(at - this.direction)];
    return rows.flatMap((row) => row?.message ?? []);
  }

  /** What an action is done to: the marked rows, else the row in focus. */
  get target(): Selection | null {
    if (this.#view === null) return null;
    if (!this.marked.isEmpty) return this.marked.wire(this.#view);
    return this.active ? { kind: 'rows', view: this.#view, messages: [this.active.message] } : null;
  }

  /** How many rows an action is done to. */
  get targetCount(): number {
    return this.marked.isEmpty ? (this.active ? 1 : 0) : this.marked.size(this.total);
  }

  /** Goes from rows that are about to go to the one that takes their place. */
  leave(rule: string): void {
    const active = this.active;
    if (!active) return;
    const { marked } = this;
    const going = (message: number) => (marked.isEmpty ? message === active.message : marked.has(message));
    this.marked = Marked.none;
    if (rule === 'list') {
      this.active = null;
      return;
    }
    const first = rule === 'previous' ? -1 : this.direction;
    for (const way of [first, -first]) {
      for (let index = active.index + way; index >= 0 && index < this.total; index += way) {
        const row = this.row(index);
        if (!row) break;
        if (going(row.message)) continue;
        this.active = { message: row.message, index };
        return;
      }
    }
    this.active = null;
  }

  /** Goes to the newest rows. */
  showFresh(): void {
    this.fresh = 0;
    this.screen?.reveal(0);
  }

  /** Finds a message in the view and puts the focus on it. */
  async find(message: number): Promise<boolean> {
    if (this.#view === null) return false;
    const { index } = await this.engine.call('views.find', { view: this.#view, message });
    if (index === null) return false;
    this.active = { message, index };
    this.screen?.reveal(index);
    return true;
  }

  /** Takes what happened. */
  hear(event: Event): void {
    if (event.kind === 'beyondChanged' && event.view === this.#view) this.beyond = event.beyond;
    if (event.kind !== 'viewChanged') return;
    if (this.#view === null) this.#early.push(event.delta);
    else if (event.delta.view === this.#view) this.#apply(event.delta);
  }

  /** Whether a row is a conversation; else it is a message. */
  get grouped(): boolean {
    return this.conversations() && this.place.kind !== 'search' && this.place.kind !== 'followUps';
  }

  #spec(source: ViewSpec['source']): ViewSpec {
    return {
      source,
      filter: this.filter,
      sort: this.sort,
      ascending: this.ascending,
      conversations: this.grouped,
    };
  }

  #forget(): void {
    this.#rows.reset(0, 0);
    this.#count({ total: 0, unread: 0, counting: false });
    this.search = null;
    this.loading = false;
    this.#refresh();
  }

  #count(known: Pick<ViewDelta, 'total' | 'unread' | 'counting'>): void {
    this.total = known.total;
    this.unread = known.unread;
    this.counting = known.counting;
  }

  #apply(delta: ViewDelta): void {
    if (delta.version <= this.#rows.version) return;
    const atTop = this.screen?.atTop() ?? true;
    const above = this.#seen[0];
    const moves = new Map(delta.moved.map((move) => [move.from, move]));
    const renamed = delta.moved.map((move) => [this.#rows.get(move.from)?.message ?? -1, move.message] as const);
    const gone = delta.removed.filter((index) => !moves.has(index)).map((index) => this.#rows.get(index)?.message);
    const renumber = this.#rows.apply(delta);
    this.#asked.clear();
    this.#count(delta);
    if (renumber) {
      if (!atTop) this.fresh += delta.inserted.filter((index) => index <= above).length;
      this.marked = this.marked.without(gone.filter((message) => message !== undefined)).renamed(renamed);
      if (this.active) this.active = this.#follow(this.active, (index) => moves.get(index)?.to ?? renumber(index));
    } else this.#lose();
    this.screen?.renumbered(renumber);
    this.#refresh();
  }

  #follow(active: Active, renumber: Renumber): Active {
    const index = active.gone ? null : renumber(active.index);
    if (index !== null) return { message: active.message, index };
    for (let before = active.index - 1; before >= 0; before -= 1) {
      const after = renumber(before);
      if (after !== null) return { message: active.message, index: Math.min(after + 1, this.total), gone: true };
    }
    return { message: active.message, index: 0, gone: true };
  }

  /** The numbers of rows say nothing any more: the row in focus is found again. */
  #lose(): void {
    if (!this.active) return;
    const here = this.#rows.indexOf(this.active.message);
    if (here !== null) this.active = { message: this.active.message, index: here };
    else {
      this.active = { ...this.active, gone: true };
      void this.#refind(this.#ticket).catch(() => undefined);
    }
  }

  async #refind(ticket: number): Promise<void> {
    const { active } = this;
    const view = this.#view;
    if (!active || view === null) return;
    const { index } = await this.engine.call('views.find', { view, message: active.message });
    if (ticket !== this.#ticket || this.active?.message !== active.message) return;
    this.active = index === null ? { ...active, gone: true } : { message: active.message, index };
  }

  #refresh(): void {
    this.revision += 1;
    this.#fetchMissing();
  }

  #fetchMissing(): void {
    const view = this.#view;
    if (view === null) return;
    const [first, last] = this.#seen;
    for (const page of this.#rows.missing(first - NEAR, last + NEAR)) {
      if (this.#asked.has(page)) continue;
      this.#asked.add(page);
      void this.#fetch(view, page);
    }
  }

  async #fetch(view: number, page: number): Promise<void> {
    try {
      const range = await this.engine.call('views.range', { view, start: page * PAGE, len: PAGE });
      if (view !== this.#view) return;
      if (range.version > this.#rows.version) return; // its delta is on the way and asks again
      if (this.#rows.put(range.start, range.version, range.total, range.rows)) {
        this.#asked.delete(page);
        this.revision += 1;
        if (this.#wanted && this.#rows.get(this.#wanted.index)) this.focus(this.#wanted.index, this.#wanted.extend);
      }
    } catch (thrown) {
      if (view !== this.#view) return;
      this.#asked.delete(page);
      this.failure = asEngineError(thrown);
    }
  }

  async #extend(index: number): Promise<void> {
    const view = this.#view;
    const anchor = this.#anchor ?? this.active?.index ?? index;
    const first = Math.max(Math.min(anchor, index), index - RANGE_MAX);
    const last = Math.min(Math.max(anchor, index), index + RANGE_MAX);
    const messages: number[] = [];
    for (let start = first; start <= last; start += RANGE_STEP) {
      const len = Math.min(RANGE_STEP, last - start + 1);
      const here = Array.from({ length: len }, (_, at) => this.#rows.get(start + at)?.message);
      const known = here.filter((message) => message !== undefined);
      if (known.length === len || view === null) messages.push(...known);
      else
        messages.push(...(await this.engine.call('views.range', { view, start, len })).rows.map((row) => row.message));
    }
    if (view === this.#view) this.marked = Marked.of(messages);
  }
}
