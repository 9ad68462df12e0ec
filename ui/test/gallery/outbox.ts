/** Messages on their way out, one in every state that people look at. */
import type { OutboxItem } from '@/ipc/generated';
import { NOW, person } from '../mail';

const HOUR = 3_600_000;

function item(id: number, subject: string, part: Partial<OutboxItem>): OutboxItem {
  const recipient = { address: person(id), state: 'waiting', code: null, said: '' };
  return {
    id,
    account: (id % 3) + 1,
    state: 'queued',
    subject,
    messageId: `7f3a${id}@harbour.example`,
    recipients: [recipient],
    size: 48_000 * id,
    sentBytes: 0,
    queuedAt: NOW - HOUR,
    notBeforeAt: NOW - HOUR,
    scheduled: false,
    held: false,
    tries: 0,
    nextTryAt: null,
    problem: null,
    receipt: '',
    canUndo: true,
    ...part,
  };
}

/** The outbox of the gallery. */
export const OUTBOX: OutboxItem[] = [
  item(1, 'Minutes of Thursday', { scheduled: true, notBeforeAt: Date.now() + 40 * HOUR }),
  item(2, 'Half of a contract', { held: true }),
  item(3, 'Spring catalogue', { state: 'data', sentBytes: 61_000, canUndo: false }),
  item(4, '报价单', {
    problem: { code: 'refused', message: '', detail: '451 4.7.1 Greylisted, try again in 10 minutes' },
    nextTryAt: NOW + HOUR / 4,
    tries: 2,
  }),
  item(5, 'Invoice 41', {
    state: 'unknown',
    canUndo: false,
    problem: { code: 'connectionLost', message: '', detail: 'connection reset' },
  }),
];
