/** What is said of a message's copy on the server. */
import type { ServerCopy } from '@/ipc/generated';
import { fullDate } from '@/text/format';
import { t } from '@/text/text.svelte';

/** Until when it is there, or when it left; empty where there is none to speak of. */
export function serverCopy(copy: ServerCopy | null): string {
  switch (copy?.state) {
    case undefined:
      return '';
    case 'left':
      return t('reader-server-left', { date: fullDate(copy.at ?? 0) });
    case 'stays':
      return t('reader-server-stays');
    case 'leaves':
      return copy.at === null ? t('reader-server-leaves-next') : t('reader-server-leaves', { date: fullDate(copy.at) });
  }
}
