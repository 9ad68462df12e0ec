/** Setting up an account: found or by hand, advised, verified, saved. */
import { describe, expect, it } from 'vitest';
import { Setup } from '@/feature/firstrun/setup.svelte';
import type { AccountDraft, Discovery, Server } from '@/ipc/generated';
import { FakeEngine } from '../fake';
import { ACCOUNTS } from '../mail';

const server = (protocol: Server['protocol'], port: number): Server => ({
  protocol,
  host: `${protocol}.harbour.example`,
  port,
  encryption: 'tls',
  username: 'yue@harbour.example',
});
const found = (part: Partial<Discovery> = {}): Discovery => ({
  provider: 'Harbour',
  advice: 'none',
  adviceUrl: '',
  imap: server('imap', 993),
  pop3: server('pop3', 995),
  smtp: server('smtp', 465),
  serverFilesSent: false,
  unprovenHosts: [],
  ...part,
});

function typed(discovery: Discovery): { engine: FakeEngine; setup: Setup; saved: AccountDraft[] } {
  const engine = new FakeEngine();
  const saved: AccountDraft[] = [];
  engine.handlers['accounts.discover'] = () => discovery;
  engine.handlers['accounts.add'] = (draft) => {
    saved.push(draft);
    return { account: ACCOUNTS[0] ?? null, verification: { incoming: null, outgoing: null } };
  };
  const setup = new Setup(engine, 4, null);
  setup.name = 'Lin Yue';
  setup.email = ' yue@harbour.example ';
  setup.password = 'correct-horse';
  return { engine, setup, saved };
}

describe('setting up an account', () => {
  it('goes from address and password to a saved account in one step', async () => {
    const { setup, saved } = typed(found());
    expect(setup.complete).toBe(true);
    expect(await setup.next()).toBe(true);
    expect(saved[0]).toMatchObject({
      id: null,
      incomingPassword: 'correct-horse',
      outgoingPassword: null,
      config: { email: 'yue@harbour.example', senderName: 'Lin Yue', colour: 4, incoming: { protocol: 'imap' } },
    });
  });

  it('stops for advice before the password goes anywhere', async () => {
    const { setup, saved } = typed(found({ advice: 'appPassword' }));
    expect(await setup.next()).toBe(false);
    expect(saved).toEqual([]);
    expect(await setup.next()).toBe(true);
    expect(saved).toHaveLength(1);
  });

  it('asks before the password goes to servers that only DNS named', async () => {
    const { setup, saved } = typed(found({ unprovenHosts: ['mail.hoster.example'] }));
    expect(await setup.next()).toBe(false);
    expect(setup.unproven).toEqual(['mail.hoster.example']);
    expect(saved).toEqual([]);
    expect(await setup.next()).toBe(true);
    expect(saved).toHaveLength(1);
  });

  it('searches again for another address, and forgets what it asked', async () => {
    const { engine, setup, saved } = typed(found({ unprovenHosts: ['mail.hoster.example'] }));
    await setup.next();
    setup.email = 'yue@other.example';
    expect(setup.unproven).toEqual([]);
    expect(setup.current).toBeNull();
    expect(await setup.next()).toBe(false);
    expect(engine.calls.filter(({ method }) => method === 'accounts.discover')).toHaveLength(2);
    expect(saved).toEqual([]);
  });

  it('asks for both, the advice first', async () => {
    const { setup, saved } = typed(found({ advice: 'appPassword', unprovenHosts: ['mail.hoster.example'] }));
    await setup.next();
    expect(setup.unproven).toEqual([]);
    expect(await setup.next()).toBe(false);
    expect(setup.unproven).toHaveLength(1);
    expect(saved).toEqual([]);
    expect(await setup.next()).toBe(true);
  });

  it('asks for the servers by hand when none were found', async () => {
    const { setup, saved } = typed(found({ imap: null, pop3: null, smtp: null }));
    expect(await setup.next()).toBe(false);
    expect(setup.byHand).toBe(true);
    expect(setup.complete).toBe(false);
    expect(saved).toEqual([]);
    setup.incoming.host = setup.outgoing.host = 'mail.harbour.example';
    expect(setup.complete).toBe(true);
  });

  it('says which server refused, and saves nothing', async () => {
    const { engine, setup } = typed(found());
    const outgoing = { code: 'credentials' as const, message: '', detail: '535 no' };
    engine.handlers['accounts.add'] = () => ({ account: null, verification: { incoming: null, outgoing } });
    expect(await setup.next()).toBe(false);
    expect(setup.problem).toMatchObject({ side: 'outgoing', error: { detail: '535 no' } });
    expect(setup.busy).toBe(false);
  });

  it('follows the steps of its own ticket alone', async () => {
    const { engine, setup } = typed(found());
    let ticket = '';
    engine.handlers['accounts.discover'] = (params) => {
      ticket = params.ticket;
      return found({ advice: 'noPasswords' });
    };
    await setup.next();
    const step = { index: 0, step: 'srv', host: '', state: 'found' as const, detail: '', elapsedMs: 3 };
    setup.hear({ kind: 'discoveryStepped', step: { ...step, ticket: 'another' } });
    expect(setup.steps).toEqual([]);
    setup.hear({ kind: 'discoveryStepped', step: { ...step, ticket, state: 'running' } });
    setup.hear({ kind: 'discoveryStepped', step: { ...step, ticket } });
    expect(setup.steps).toHaveLength(1);
    expect(setup.steps[0]?.state).toBe('found');
  });

  it('changes the port with the encryption, unless it was typed', () => {
    const { setup } = typed(found());
    setup.encrypt('outgoing', 'starttls');
    expect(setup.outgoing.port).toBe(587);
    setup.outgoing.port = 2525;
    setup.encrypt('outgoing', 'tls');
    expect(setup.outgoing.port).toBe(2525);
  });

  it('offers POP3 with the server that was found for it', async () => {
    const { setup } = typed(found({ advice: 'appPassword' }));
    await setup.next();
    setup.choose('pop3');
    expect(setup.incoming).toMatchObject({ protocol: 'pop3', host: 'pop3.harbour.example', port: 995 });
  });
});
