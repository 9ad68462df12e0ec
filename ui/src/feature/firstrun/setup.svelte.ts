/**
 * Adding or changing an account, step by step: address → servers (found, or by hand) → a real login on both → saved.
 *
 * Nothing is saved before both logins succeeded; that is the engine's rule, and this only shows it. A provider that
 * wants something first (an app password) is told before the password goes anywhere, and so are servers of another
 * domain that only a DNS answer named (RFC 6186 section 6). Servers belong to the address that they were found for.
 */
import { asEngineError, type Engine } from '@/ipc/engine';
import type {
  Account,
  AccountConfig,
  AccountDraft,
  Discovery,
  DiscoveryStep,
  Error as EngineErrorData,
  Event,
  Protocol,
  Server,
} from '@/ipc/generated';

/** Where the setting up stands. In `advised` and `asking` the next step waits for the user. */
export type Phase = 'typing' | 'searching' | 'advised' | 'asking' | 'verifying';

const PORTS: Record<Protocol, Record<Server['encryption'], number>> = {
  imap: { tls: 993, starttls: 143, plaintext: 143 },
  pop3: { tls: 995, starttls: 110, plaintext: 110 },
  smtp: { tls: 465, starttls: 587, plaintext: 25 },
  // The folders of this computer have no server.
  local: { tls: 0, starttls: 0, plaintext: 0 },
};

/** Returns the port that a protocol uses by default. */
function defaultPort(protocol: Protocol, encryption: Server['encryption']): number {
  return PORTS[protocol][encryption];
}

function guess(protocol: Protocol, email: string): Server {
  return { protocol, host: '', port: defaultPort(protocol, 'tls'), encryption: 'tls', username: email };
}

/** One account being set up. */
export class Setup {
  name = $state('');
  email = $state('');
  password = $state('');
  outgoingPassword = $state('');
  label = $state('');
  incoming = $state<Server>(guess('imap', ''));
  outgoing = $state<Server>(guess('smtp', ''));
  leaveOnServer = $state<AccountConfig['leaveOnServer']>('keep');
  /** The servers are shown for editing. */
  byHand = $state(false);
  phase = $state<Phase>('typing');
  discovery = $state.raw<Discovery | null>(null);
  steps = $state.raw<DiscoveryStep[]>([]);
  problem = $state.raw<{ error: EngineErrorData; side: 'incoming' | 'outgoing' | null } | null>(null);
  readonly #original: Account | null;
  #ticket = '';
  /** The address that `discovery` is about. */
  #searched = $state('');

  constructor(
    private readonly engine: Engine,
    private readonly colour: number,
    account: Account | null,
  ) {
    this.#original = account;
    if (account) this.#fill(account.config);
  }

  /** An existing account is changed. */
  get editing(): boolean {
    return this.#original !== null;
  }

  /** The domain of the address. */
  get domain(): string {
    return this.email.split('@')[1]?.trim() ?? '';
  }

  /** Enough was typed to go on. */
  get complete(): boolean {
    const basics = /^\S+@\S+\.?\S+$/.test(this.email.trim()) && (this.password !== '' || this.editing);
    const whole = ({ host, port }: Server) => host.trim() !== '' && port >= 1 && port <= 65_535;
    return basics && (!this.byHand || (whole(this.incoming) && whole(this.outgoing)));
  }

  /** What was found for the address as it stands now; null when it was not searched for. */
  get current(): Discovery | null {
    return this.#searched === this.email.trim() ? this.discovery : null;
  }

  /** Hosts of another domain that the user has to agree to; empty when there are none. */
  get unproven(): string[] {
    return this.phase === 'asking' ? (this.current?.unprovenHosts ?? []) : [];
  }

  /** Work is under way. */
  get busy(): boolean {
    return this.phase === 'searching' || this.phase === 'verifying';
  }

  /** Goes on: finds the servers, or signs in when they are known. True when the account was saved. */
  async next(): Promise<boolean> {
    this.problem = null;
    if (this.byHand) return this.#save();
    const same = this.current !== null;
    if (same && this.phase === 'asking') return this.#save();
    if (same && this.phase === 'advised') return this.#ask() ? false : this.#save();
    const found = await this.#discover();
    if (!found) return false;
    if (found.advice !== 'none' || !this.#take(found)) return false;
    return this.#ask() ? false : this.#save();
  }

  /** Shows the servers for editing; asks nothing. */
  edit(): void {
    this.byHand = true;
    const email = this.email.trim();
    if (this.incoming.username === '') this.incoming.username = email;
    if (this.outgoing.username === '') this.outgoing.username = email;
  }

  /** Chooses IMAP or POP3, with what was found for it. */
  choose(protocol: 'imap' | 'pop3'): void {
    const found = this.discovery?.[protocol];
    const { host, encryption, username } = this.incoming;
    this.incoming = found
      ? { ...found }
      : { protocol, host, encryption, username, port: defaultPort(protocol, encryption) };
  }

  /** Chooses the encryption; the port follows when it was the usual one. */
  encrypt(side: 'incoming' | 'outgoing', encryption: Server['encryption']): void {
    const server = this[side];
    const usual = server.port === defaultPort(server.protocol, server.encryption);
    server.encryption = encryption;
    if (usual) server.port = defaultPort(server.protocol, encryption);
  }

  /** Takes what happened. */
  hear(event: Event): void {
    if (event.kind !== 'discoveryStepped' || event.step.ticket !== this.#ticket) return;
    const steps = this.steps.filter((step) => step.index !== event.step.index);
    this.steps = [...steps, event.step].sort((a, b) => a.index - b.index);
  }

  #fill(config: AccountConfig): void {
    this.name = config.senderName;
    this.email = config.email;
    this.label = config.label;
    this.incoming = { ...config.incoming };
    this.outgoing = { ...config.outgoing };
    this.leaveOnServer = config.leaveOnServer;
    this.byHand = true;
  }

  #begin(phase: Phase): void {
    this.phase = phase;
    this.steps = [];
    this.#ticket = crypto.randomUUID();
  }

  async #discover(): Promise<Discovery | null> {
    this.#begin('searching');
    try {
      const found = await this.engine.call('accounts.discover', { email: this.email.trim(), ticket: this.#ticket });
      this.discovery = found;
      this.#searched = this.email.trim();
      this.phase = found.advice === 'none' ? 'typing' : 'advised';
      if (found.advice !== 'none') this.#take(found);
      return found;
    } catch (thrown) {
      this.phase = 'typing';
      this.problem = { error: asEngineError(thrown).data, side: null };
      return null;
    }
  }

  /** Asks whether the password may go to servers that nobody vouches for; true when there are such. */
  #ask(): boolean {
    if ((this.discovery?.unprovenHosts ?? []).length === 0) return false;
    this.phase = 'asking';
    return true;
  }

  /** Takes the servers that were found; false when something is missing and has to be typed. */
  #take(found: Discovery): boolean {
    const email = this.email.trim();
    const incoming = found.imap ?? found.pop3;
    this.incoming = incoming ? { ...incoming } : guess('imap', email);
    this.outgoing = found.smtp ? { ...found.smtp } : guess('smtp', email);
    if (incoming && found.smtp) return true;
    this.byHand = true;
    return false;
  }

  #draft(): AccountDraft {
    const email = this.email.trim();
    const before = this.#original?.config;
    const config: AccountConfig = {
      aliases: [],
      checkIntervalMinutes: 10,
      colour: this.colour,
      signature: '',
      serverFilesSent: this.discovery?.serverFilesSent ?? false,
      ...before,
      label: this.label.trim() || email,
      senderName: this.name.trim(),
      email,
      incoming: { ...this.incoming },
      outgoing: { ...this.outgoing },
      leaveOnServer: this.leaveOnServer,
      // The page of the account says more; what is chosen here alone replaces it.
      pop3: before?.leaveOnServer === this.leaveOnServer ? before.pop3 : null,
    };
    return {
      id: this.#original?.id ?? null,
      config,
      incomingPassword: this.password === '' ? null : this.password,
      outgoingPassword: this.outgoingPassword === '' ? null : this.outgoingPassword,
      ticket: this.#ticket,
    };
  }

  async #save(): Promise<boolean> {
    const before = this.phase === 'verifying' ? 'typing' : this.phase;
    this.#begin('verifying');
    try {
      const draft = this.#draft();
      const { account, verification } = await (this.editing
        ? this.engine.call('accounts.update', draft)
        : this.engine.call('accounts.add', draft));
      if (account) return true;
      if (verification.incoming) this.problem = { error: verification.incoming, side: 'incoming' };
      else if (verification.outgoing) this.problem = { error: verification.outgoing, side: 'outgoing' };
    } catch (thrown) {
      this.problem = { error: asEngineError(thrown).data, side: null };
    } finally {
      this.phase = before;
    }
    return false;
  }
}
