/**
 * The languages in which spelling is checked: those of the settings, else those of the system and the interface, as far
 * as there are dictionaries. Where none fits, nothing is checked: a dictionary of another language marks every word.
 */
import type { Engine, Spelling as Answer } from '@/ipc/engine';
import type { Settings } from '@/ipc/generated';

/** Returns the dictionaries for languages (`en`, `en-GB`): the same one, else one of the language. */
export function dictionariesFor(languages: readonly string[], installed: readonly string[]): string[] {
  const found = languages.map((wanted) => {
    const [language = '', region = ''] = wanted.split(/[-_]/);
    const exact = `${language}_${region.toUpperCase()}`;
    const usual = `${language}_${language === 'en' ? 'US' : language.toUpperCase()}`;
    const first = installed.find((name) => name === language || name.startsWith(`${language}_`));
    return [exact, usual].find((name) => installed.includes(name)) ?? first;
  });
  return [...new Set(found.filter((name) => name !== undefined))];
}

/** What is checked. */
export class Spelling {
  /** Dictionaries that are there. */
  installed = $state.raw<readonly string[]>([]);
  /** Those in use; nothing is checked while there is none. */
  active = $state.raw<readonly string[]>([]);
  #asked = '';

  constructor(private readonly engine: Engine) {}

  /** Follows the settings. */
  async follow(settings: Settings, systemLanguage: string): Promise<void> {
    const key = JSON.stringify([settings.spellCheck, settings.spellLanguages, settings.language, systemLanguage]);
    if (key === this.#asked) return;
    this.#asked = key;
    if (!settings.spellCheck) return this.#take(await this.engine.setSpelling([]));
    if (settings.spellLanguages.length > 0) return this.#take(await this.engine.setSpelling(settings.spellLanguages));
    const { installed } = await this.engine.setSpelling([]);
    const languages = settings.language === 'system' ? [systemLanguage] : [systemLanguage, settings.language];
    const wanted = dictionariesFor(languages, installed);
    if (key === this.#asked) this.#take(await this.engine.setSpelling(wanted));
  }

  #take({ installed, active }: Answer): void {
    this.installed = installed;
    this.active = active;
  }
}
