/** How a message on its way out is told: a sign, a sentence, and whether it needs the user. */
import CircleCheck from '@lucide/svelte/icons/circle-check';
import CircleQuestionMark from '@lucide/svelte/icons/circle-question-mark';
import Clock from '@lucide/svelte/icons/clock';
import CloudOff from '@lucide/svelte/icons/cloud-off';
import FolderSync from '@lucide/svelte/icons/folder-sync';
import KeyRound from '@lucide/svelte/icons/key-round';
import OctagonAlert from '@lucide/svelte/icons/octagon-alert';
import Pause from '@lucide/svelte/icons/pause';
import RotateCw from '@lucide/svelte/icons/rotate-cw';
import Undo2 from '@lucide/svelte/icons/undo-2';
import Upload from '@lucide/svelte/icons/upload';
import Users from '@lucide/svelte/icons/users';
import type { Shape } from '@/component/icon';
import type { OutboxItem, OutboxState } from '@/ipc/generated';
import { bytes, clockTime, dayAndTime } from '@/text/format';
import { fullName } from '@/text/people';
import { describe } from '@/text/problem';
import { t } from '@/text/text.svelte';

/** A state in words. */
export interface Told {
  icon: Shape;
  tone: '' | 'warn' | 'bad' | 'ok';
  text: string;
}

/** States in the order in which a message passes them, for the rail. */
export const STEPS = [
  'queued',
  'connecting',
  'recipients',
  'data',
  'dotSent',
  'accepted',
  'done',
] as const satisfies readonly OutboxState[];

/** True when nothing happens until the user says something. */
export function needsYou(item: OutboxItem): boolean {
  return item.state === 'needsPassword' || item.state === 'unknown' || item.state === 'refused' || refusedOf(item) > 0;
}

function refusedOf(item: OutboxItem): number {
  return item.recipients.filter((recipient) => recipient.state === 'refused').length;
}

/** Returns whom it goes to, in short. */
export function recipientsLine(item: OutboxItem): string {
  const first = item.recipients[0];
  const more = item.recipients.length - 1;
  return `${first ? fullName(first.address) : t('nobody')}${more > 0 ? ` +${more}` : ''}`;
}

/** Returns what is so; `now` is milliseconds since 1970; `offline`: the user works offline. */
export function tell(item: OutboxItem, now: number, offline = false): Told {
  const refused = refusedOf(item);
  switch (item.state) {
    case 'unknown':
      return { icon: CircleQuestionMark, tone: 'warn', text: t('outbox-unknown') };
    case 'refused':
      return { icon: OctagonAlert, tone: 'bad', text: t('outbox-refused', { said: item.problem?.detail ?? '' }) };
    case 'needsPassword':
      return { icon: KeyRound, tone: 'bad', text: t('outbox-needs-password') };
    case 'queued':
      return waiting(item, now, offline);
    case 'data':
      return {
        icon: Upload,
        tone: '',
        text: t('outbox-sending', { sent: bytes(item.sentBytes), size: bytes(item.size) }),
      };
    case 'connecting':
    case 'recipients':
      return { icon: Upload, tone: '', text: t('outbox-connecting') };
    case 'dotSent':
      return { icon: Upload, tone: '', text: t('outbox-dot') };
    case 'accepted':
    case 'done':
      if (refused > 0)
        return {
          icon: Users,
          tone: 'warn',
          text: t('outbox-partly', { accepted: item.recipients.length - refused, refused }),
        };
      return item.state === 'done'
        ? { icon: CircleCheck, tone: 'ok', text: t('outbox-done') }
        : { icon: FolderSync, tone: '', text: t('outbox-filing') };
  }
}

function waiting(item: OutboxItem, now: number, offline: boolean): Told {
  if (item.held) return { icon: Pause, tone: '', text: t('outbox-held') };
  if (item.problem) {
    const reason = item.problem.detail || describe(item.problem).title;
    const text =
      item.nextTryAt === null
        ? t('outbox-waiting', { reason })
        : t('outbox-retry', { reason, time: clockTime(item.nextTryAt) });
    return { icon: RotateCw, tone: '', text };
  }
  const seconds = Math.ceil((item.notBeforeAt - now) / 1_000);
  if (item.scheduled && seconds > 0) {
    return { icon: Clock, tone: '', text: t('outbox-scheduled', { when: dayAndTime(item.notBeforeAt) }) };
  }
  if (offline) return { icon: CloudOff, tone: '', text: t('outbox-offline') };
  if (seconds > 0) return { icon: Undo2, tone: '', text: t('outbox-leaves', { seconds }) };
  return { icon: Clock, tone: '', text: t('outbox-queued') };
}
