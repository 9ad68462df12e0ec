/** What is said of the part of a search that servers answer. */
import type { Beyond } from '@/ipc/generated';
import { describe } from '@/text/problem';
import { count } from '@/text/format';
import { t } from '@/text/text.svelte';

/** Hosts that are named; of more, how many. */
const HOSTS_NAMED = 2;

function hostsOf(beyond: Beyond): string {
  const { hosts } = beyond;
  return hosts.length > HOSTS_NAMED ? t('beyond-servers', { count: hosts.length }) : hosts.join(', ');
}

/** Returns the line: one sentence for what was found, one for what was not. */
export function beyondWords(beyond: Beyond): string {
  if (beyond.state === 'offline') return t('beyond-offline');
  const words: string[] = [];
  if (beyond.state === 'searching') {
    words.push(t('beyond-searching', { hosts: hostsOf(beyond) }));
    if (beyond.found > 0) words.push(t('beyond-found', { count: beyond.found, shown: count(beyond.found) }));
    return words.join(' ');
  }
  if (beyond.found > 0 || (!beyond.problem && beyond.texts === 0)) {
    words.push(t('beyond-found', { count: beyond.found, shown: count(beyond.found) }));
  }
  if (beyond.cut) words.push(t('beyond-cut'));
  if (beyond.texts > 0) words.push(t('beyond-texts', { count: beyond.texts }));
  if (beyond.problem) {
    const { title, detail } = describe(beyond.problem);
    words.push(t('beyond-failed', { reason: detail || title }));
  }
  return words.join(' ');
}
