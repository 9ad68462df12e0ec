/** What an account is doing, in words. */
import type { AccountStatus } from '@/ipc/generated';
import { clockTime, count } from '@/text/format';
import { t } from '@/text/text.svelte';

/** Returns one line. */
export function statusWords(status: AccountStatus): string {
  if (status.passwordFor !== null && status.problem?.code === 'signInOver') return t('status-sign-in-over');
  if (status.passwordFor === 'outgoing') return t('status-needs-outgoing-password');
  switch (status.state) {
    case 'disabled':
      return t('status-disabled');
    case 'offline':
      return t('status-offline');
    case 'connecting':
      return t('status-connecting');
    case 'syncing':
      return syncing(status);
    case 'upToDate':
      // A maildrop that is left alone at the start.
      if (status.lastCompleteAt === null && status.connectedSinceAt === null) return t('status-not-looked');
      return t('status-up-to-date', { time: clockTime(status.lastCompleteAt ?? status.sinceAt) });
    case 'waiting':
      return t('status-waiting', { time: status.nextTryAt === null ? '…' : clockTime(status.nextTryAt) });
    case 'needsPassword':
      return t('status-needs-password');
    case 'failed':
      return t('status-failed');
    case 'local':
      return t('status-local');
  }
}

function syncing({ activity, done, total }: AccountStatus): string {
  if (activity === '') return t('status-syncing');
  if (done === null || total === null) return t('status-syncing-what', { what: activity });
  return t('status-syncing-part', { what: activity, done: count(done), total: count(total) });
}

/** Which of several accounts the one line speaks of: the worst first. */
const URGENCY: Record<AccountStatus['state'], number> = {
  needsPassword: 0,
  failed: 1,
  waiting: 2,
  syncing: 3,
  connecting: 4,
  offline: 5,
  upToDate: 6,
  disabled: 7,
  local: 8,
};

/** Returns the status that is most worth a look; undefined when there is none. */
export function mostUrgent(all: readonly AccountStatus[]): AccountStatus | undefined {
  const urgency = (status: AccountStatus) => (status.passwordFor === null ? URGENCY[status.state] : 0);
  return [...all].sort((a, b) => urgency(a) - urgency(b))[0];
}
