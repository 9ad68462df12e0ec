/** The settings, and what follows from them on the page: theme, density, text size, language, keys. */
import type { Engine } from '@/ipc/engine';
import type { Event, Settings } from '@/ipc/generated';
import { presetOf } from '@/command/keymap';
import { commands } from '@/command/registry.svelte';
import { chooseLocale, setLocale } from '@/text/text.svelte';
import { markRoom } from './room';

/** A theme as drawn. */
export type Theme = 'light' | 'dark' | 'contrast';

/** What holds before the engine has answered; the engine's own defaults are the same. */
const BEFORE: Settings = {
  theme: 'system',
  language: 'system',
  density: 'cosy',
  textSize: 100,
  conversations: true,
  markReadSeconds: 2,
  afterRemoval: 'next',
  remoteImages: false,
  readReceipts: 'ask',
  undoSendSeconds: 10,
  composePlain: false,
  answerPlace: 'above',
  signaturePlace: 'answer',
  spellCheck: true,
  spellLanguages: [],
  shortcuts: 'gmail',
  singleKeyShortcuts: true,
  notifications: true,
  keepRunning: false,
};

/** Where the theme of the last run is kept, so that the first picture has it. */
const LAST_THEME = 'posthorn-theme';

/** Draws in the theme of the last run, or the system's, until the settings are here. */
export function drawEarly(): void {
  const system = query('(prefers-color-scheme: dark)') ? 'dark' : 'light';
  document.documentElement.dataset['theme'] = localStorage.getItem(LAST_THEME) ?? system;
  markRoom();
}

function query(text: string): boolean {
  return window.matchMedia(text).matches;
}

/** The settings of the application. */
export class Preferences {
  /** All settings. */
  value = $state.raw<Settings>(BEFORE);
  #systemDark = $state(query('(prefers-color-scheme: dark)'));
  #systemContrast = $state(query('(prefers-contrast: more)'));
  /** The theme as drawn now. */
  readonly theme = $derived.by<Theme>(() => {
    const { theme } = this.value;
    if (theme === 'light' || theme === 'dark' || theme === 'contrast') return theme;
    if (this.#systemContrast) return 'contrast';
    return this.#systemDark ? 'dark' : 'light';
  });

  constructor(
    private readonly engine: Engine,
    private readonly systemLanguage: () => string,
  ) {
    for (const text of ['(prefers-color-scheme: dark)', '(prefers-contrast: more)']) {
      window.matchMedia(text).addEventListener('change', () => this.#followSystem());
    }
    window.addEventListener('resize', markRoom);
  }

  /** Asks for the settings. */
  async load(): Promise<void> {
    this.#take(await this.engine.call('settings.get', {}));
  }

  /** Changes settings: shown at once, stored at once, taken back when they cannot be stored. */
  async change(patch: Partial<Settings>): Promise<void> {
    const before = this.value;
    this.#take({ ...before, ...patch });
    try {
      await this.engine.call('settings.set', this.value);
    } catch (thrown) {
      this.#take(before);
      throw thrown;
    }
  }

  /** Takes what happened. */
  hear(event: Event): void {
    if (event.kind === 'settingsChanged') this.#take(event.settings);
  }

  /** Puts the settings onto the page; called by whoever draws, whenever they change. */
  apply(): void {
    const root = document.documentElement;
    root.dataset['theme'] = this.theme;
    localStorage.setItem(LAST_THEME, this.theme);
    root.dataset['density'] = this.value.density;
    root.style.fontSize = `${(16 * this.value.textSize) / 100}px`;
    markRoom();
  }

  #take(settings: Settings): void {
    this.value = settings;
    setLocale(chooseLocale(settings.language, this.systemLanguage()));
    commands.useKeys(presetOf(settings.shortcuts), settings.singleKeyShortcuts);
  }

  #followSystem(): void {
    this.#systemDark = query('(prefers-color-scheme: dark)');
    this.#systemContrast = query('(prefers-contrast: more)');
  }
}
