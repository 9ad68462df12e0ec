/** Reading a message in another encoding than it says: the menu of those that are met with. */
import Languages from '@lucide/svelte/icons/languages';
import { type MenuItem, menus } from '@/component/menu.svelte';
import type { Store } from '@/state/store.svelte';
import { locale, t } from '@/text/text.svelte';

/** Encodings, each with the language that it is met in; an empty one is met everywhere. */
const CHARSETS = [
  ['utf-8', ''],
  ['gb18030', 'zh-Hans'],
  ['big5', 'zh-Hant'],
  ['shift_jis', 'ja'],
  ['iso-2022-jp', 'ja'],
  ['euc-jp', 'ja'],
  ['euc-kr', 'ko'],
  ['windows-1252', 'en'],
  ['windows-1250', 'pl'],
  ['windows-1251', 'ru'],
  ['koi8-r', 'ru'],
  ['windows-1253', 'el'],
  ['windows-1254', 'tr'],
  ['windows-1255', 'he'],
  ['windows-1256', 'ar'],
  ['windows-874', 'th'],
] as const;

/** Opens the menu of encodings for a message. */
export function charsetMenu(
  { reader, undo }: Store,
  message: number,
  at: HTMLElement | { x: number; y: number },
): void {
  const names = new Intl.DisplayNames([locale()], { type: 'language' });
  const chosen = reader.charsetOf(message);
  const item = (charset: string | null, label: string): MenuItem => ({
    label,
    checked: chosen === charset,
    run: () => void reader.readAs(message, charset).catch((thrown: unknown) => undo.fail(thrown)),
  });
  const items = [
    item(null, t('charset-own')),
    ...CHARSETS.map(([charset, language], at) => ({
      ...item(
        charset,
        language === '' ? charset.toUpperCase() : `${names.of(language) ?? ''} · ${charset.toUpperCase()}`,
      ),
      apart: at === 0,
    })),
  ];
  menus.show(t('command-charset'), items, at);
}

/** The icon of the choice. */
export const charsetIcon = Languages;
