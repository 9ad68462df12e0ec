/** What waits says why and until when, in words. */
import { afterEach, describe, expect, it } from 'vitest';
import { tell } from '@/feature/outbox/words';
import type { OutboxItem } from '@/ipc/generated';
import { setLocale } from '@/text/text.svelte';
import { OUTBOX } from '../gallery/outbox';

const NOW = Date.now();
const [first] = OUTBOX;
if (!first) throw new Error('the gallery has an outbox');
const waits = (part: Partial<OutboxItem>): OutboxItem => ({ ...first, scheduled: false, notBeforeAt: 0, ...part });

afterEach(() => setLocale('en'));

describe('a message that waits', () => {
  it.each([
    ['in the undo window', waits({ notBeforeAt: NOW + 4_000 }), false, 'Leaves in 4 s'],
    ['for its turn', waits({}), false, 'Waiting for its turn'],
    ['for the network', waits({}), true, 'Leaves when you are online again'],
    ['for the user', waits({ held: true, scheduled: true, notBeforeAt: NOW + 9_000_000 }), true, 'Held by you'],
  ])('%s', (_, item, offline, words) => {
    expect(tell(item, NOW, offline).text).toBe(words);
  });

  it('says the day and the time that were chosen', () => {
    const at = new Date(2027, 0, 4, 8).getTime();
    const text = tell(waits({ scheduled: true, notBeforeAt: at }), NOW).text;
    expect(text).toMatch(/^Leaves .*Mon.*08:00.*, as you chose$/);
    setLocale('zh-CN');
    expect(tell(waits({ scheduled: true, notBeforeAt: at }), NOW).text).toContain('08:00');
  });
});
