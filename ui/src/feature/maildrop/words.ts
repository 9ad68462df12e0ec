/** What is said of a message on the server: how much of it is here, and when it leaves. */
import CircleCheck from '@lucide/svelte/icons/circle-check';
import Clock from '@lucide/svelte/icons/clock';
import ClockAlert from '@lucide/svelte/icons/clock-alert';
import Cloud from '@lucide/svelte/icons/cloud';
import FileText from '@lucide/svelte/icons/file-text';
import Minus from '@lucide/svelte/icons/minus';
import Pin from '@lucide/svelte/icons/pin';
import Trash2 from '@lucide/svelte/icons/trash-2';
import type { Shape } from '@/component/icon';
import type { MaildropFate, MaildropHere, MaildropRow } from '@/ipc/generated';
import { shortDate } from '@/text/format';
import type { Key } from '@/text/keys';
import { t } from '@/text/text.svelte';

const HERE: Record<MaildropHere, { icon: Shape; words: Key }> = {
  whole: { icon: CircleCheck, words: 'drop-here-whole' },
  head: { icon: FileText, words: 'drop-here-head' },
  nothing: { icon: Cloud, words: 'drop-here-nothing' },
  deleted: { icon: Trash2, words: 'drop-here-deleted' },
};
const FATE: Record<MaildropFate, Shape> = { stays: Minus, kept: Pin, next: ClockAlert, later: Clock };

/** How much of a message is here. */
export function here(row: MaildropRow): { icon: Shape; words: string; good: boolean } {
  const { icon, words } = HERE[row.here];
  return { icon, words: t(words), good: row.here === 'whole' };
}

/** When a message leaves the server. */
export function leaves(row: MaildropRow): { icon: Shape; words: string } {
  const icon = FATE[row.fate];
  if (row.fate === 'later' && row.leavesAt !== null) return { icon, words: shortDate(row.leavesAt) };
  const words: Key = row.fate === 'kept' ? 'drop-kept' : row.fate === 'next' ? 'drop-next' : 'drop-stays';
  return { icon, words: t(words) };
}

/** Returns how long a message has been there, in days; empty while that is not known. */
export function age(row: MaildropRow, now = Date.now()): string {
  return row.at === null ? '' : t('drop-age', { count: Math.max(0, Math.floor((now - row.at) / 86_400_000)) });
}
