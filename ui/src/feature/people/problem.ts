/** What is wrong with a contact or a group, in words that say what would be right. */
import type { EngineError } from '@/ipc/engine';
import { describe } from '@/text/problem';
import { t } from '@/text/text.svelte';

/** Returns the words for what the engine refused. */
export function wordsOf({ data }: EngineError): string {
  if (data.code === 'limit') return t('people-limit');
  if (data.code === 'invalid') return data.detail ? t('people-invalid', { what: data.detail }) : t('people-refused');
  const { title, hint } = describe(data);
  return `${title} ${hint}`;
}
