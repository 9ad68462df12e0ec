/** Setting up an account: found or by hand, advised, verified, saved. */
import { describe, expect, it, vi } from 'vitest';
import { Setup } from '@/feature/firstrun/setup.svelte';
import type { AccountDraft, Discovery, Server, SignedIn } from '@/ipc/generated';
import { EngineError } from '@/ipc/engine';
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
  signIn: null,
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

  it('asks for the password after the servers were found', async () => {
    const { setup, saved } = typed(found());
    setup.password = '';
    expect(setup.complete).toBe(true);
    expect(await setup.next()).toBe(false);
    expect(setup.wantsPassword).toBe(true);
    expect(setup.complete).toBe(false);
    setup.password = 'correct-horse';
    expect(await setup.next()).toBe(true);
    expect(saved).toHaveLength(1);
  });

  it('trusts a certificate for the server that showed it, and for no other', async () => {
    const { engine, setup, saved } = typed(found());
    const incoming = { code: 'certificateIssuer' as const, message: '', detail: 'imap.harbour.example' };
    engine.handlers['accounts.add'] = (draft) => {
      saved.push(draft);
      return { account: null, verification: { incoming, outgoing: null } };
    };
    expect(await setup.next()).toBe(false);
    setup.accept('incoming', 'AA:BB');
    await setup.next();
    expect(saved[1]).toMatchObject({ incomingCertificate: 'AA:BB', outgoingCertificate: null });
    setup.edit();
    setup.incoming.port = 1993;
    await setup.next();
    expect(saved[2]).toMatchObject({ incomingCertificate: null });
  });
});

describe('signing in through the browser', () => {
  const google = { id: 'google', name: 'Google', configured: true };
  const browser = (answer: () => Promise<SignedIn> | SignedIn) => {
    const { engine, setup, saved } = typed(found({ advice: 'appPassword', signIn: google }));
    setup.password = '';
    const opened: string[] = [];
    engine.openExternal = (url) => {
      opened.push(url);
      return Promise.resolve();
    };
    engine.handlers['signIn.begin'] = () => ({ ticket: 't1', url: 'https://accounts.example/auth' });
    engine.handlers['signIn.wait'] = answer;
    engine.handlers['signIn.cancel'] = () => ({});
    return { engine, setup, saved, opened };
  };
  const signedIn = (address: string, isMeant: boolean): SignedIn => ({ ticket: 't1', address, isMeant });

  it('offers it where the provider has it, and saves the account with the ticket and no password', async () => {
    const { setup, saved, opened } = browser(() => signedIn('yue@harbour.example', true));
    expect(await setup.next()).toBe(false);
    expect(setup.provider).toEqual(google);
    expect(setup.complete).toBe(true);
    expect(opened).toEqual([]);
    expect(await setup.next()).toBe(true);
    expect(opened).toEqual(['https://accounts.example/auth']);
    expect(saved[0]).toMatchObject({ signIn: 't1', incomingPassword: null, outgoingPassword: null });
  });

  it('tells when somebody else signed in, and uses that address only when the user says so', async () => {
    const { setup, saved } = browser(() => signedIn('other@harbour.example', false));
    await setup.next();
    expect(await setup.next()).toBe(false);
    expect(saved).toEqual([]);
    const other = setup.browser.other;
    expect(other?.address).toBe('other@harbour.example');
    if (other) await setup.useOther(other);
    expect(saved[0]?.config.incoming.username).toBe('other@harbour.example');
    expect(saved[0]?.config.email).toBe('yue@harbour.example');
  });

  it('can be called off, refused and tried again', async () => {
    let refuse: (error: unknown) => void = () => undefined;
    const { engine, setup, saved } = browser(() => new Promise((_, reject) => (refuse = reject)));
    await setup.next();
    const waiting = setup.next();
    await vi.waitFor(() => expect(engine.calls.at(-1)?.method).toBe('signIn.wait'));
    expect(setup.browser.waiting && setup.busy).toBe(true);
    await setup.browser.cancel();
    expect(engine.calls.at(-1)).toMatchObject({ method: 'signIn.cancel', params: { ticket: 't1' } });
    refuse(new EngineError({ code: 'cancelled', message: '', detail: '' }));
    expect(await waiting).toBe(false);
    expect(setup.problem).toBeNull();
    const again = setup.next();
    await vi.waitFor(() => expect(engine.calls.at(-1)?.method).toBe('signIn.wait'));
    refuse(new EngineError({ code: 'signInDenied', message: '', detail: 'access_denied' }));
    expect(await again).toBe(false);
    expect(setup.problem?.error.code).toBe('signInDenied');
    expect(saved).toEqual([]);
  });

  it('says what to do where there is no client id', async () => {
    const nobody = { ...google, configured: false };
    const gmail = typed(found({ advice: 'appPassword', signIn: nobody })).setup;
    gmail.password = '';
    await gmail.next();
    expect([gmail.hopeless, gmail.canSwitch]).toEqual([true, true]);
    gmail.byPassword = true;
    expect([gmail.hopeless, gmail.wantsPassword]).toEqual([false, true]);
    const microsoft = typed(found({ advice: 'noPasswords', signIn: nobody })).setup;
    await microsoft.next();
    expect([microsoft.hopeless, microsoft.canSwitch]).toEqual([true, false]);
  });
});
