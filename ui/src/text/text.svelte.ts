/**
 * The words of the interface: Fluent messages in English and Simplified Chinese.
 *
 * Reading `t(…)` in a component follows the language. A missing message falls back to English and then to its name,
 * so that nothing is ever blank; a test keeps both languages complete.
 */
import { FluentBundle, FluentResource, type FluentVariable } from '@fluent/bundle';
import type { Key } from './keys';

/** Languages that there are words for. */
export type Locale = 'en' | 'zh-CN';

const english = import.meta.glob<string>('./en/*.ftl', { query: '?raw', import: 'default', eager: true });
const chinese = import.meta.glob<string>('./zh-CN/*.ftl', { query: '?raw', import: 'default', eager: true });

function bundle(locale: Locale, files: Record<string, string>): FluentBundle {
  const made = new FluentBundle(locale, { useIsolating: false });
  for (const text of Object.values(files)) made.addResource(new FluentResource(text));
  return made;
}

const bundles: Record<Locale, FluentBundle> = { en: bundle('en', english), 'zh-CN': bundle('zh-CN', chinese) };
let current = $state<Locale>('en');

/** The language in use. */
export function locale(): Locale {
  return current;
}

/** Returns the language that a setting means: `system` follows `systemLanguage` (BCP 47). */
export function chooseLocale(setting: string, systemLanguage: string): Locale {
  const wanted = setting === 'system' ? systemLanguage : setting;
  return wanted.toLowerCase().startsWith('zh') ? 'zh-CN' : 'en';
}

/** Switches the language of the page. */
export function setLocale(next: Locale): void {
  current = next;
  document.documentElement.lang = next;
}

/** Returns the words of a message. */
export function t(key: Key, variables?: Record<string, FluentVariable>): string {
  for (const candidate of [bundles[current], bundles.en]) {
    const message = candidate.getMessage(key);
    if (message?.value) return candidate.formatPattern(message.value, variables ?? null, []);
  }
  return key;
}
