/**
 * Adding or changing an account, step by step: address → servers (found, or by hand) → a real login on both → saved.
 *
 * Nothing is saved before both logins succeeded; that is the engine's rule, and this only shows it. A provider that
 * wants something first (an app password) is told before the password goes anywhere, and so are servers of another
 * domain that only a DNS answer named (RFC 6186 section 6). Servers belong to the address that they were found for.
 * Where the provider signs users in through the browser, no password is asked for unless the user wants one.
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
  SignedIn,
  SignInProvider,
} from '@/ipc/generated';
import { BrowserSignIn } from '@/state/browser.svelte';

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
  /** A password is used although the browser would do. */
  byPassword = $state(false);
  /** Certificates that the user accepted, by side; good for the server that they were accepted for. */
  #accepted: Partial<Record<'incoming' | 'outgoing', { server: string; fingerprint: string }>> = {};
  /** The sign-in through the browser. */
  readonly browser: BrowserSignIn;
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
    this.browser = new BrowserSignIn(engine);
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

  /** Who signs the address in through the browser; null where there is nobody, or a password is wanted. */
  get provider(): SignInProvider | null {
    return this.byPassword ? null : this.#browserProvider;
  }

  get #browserProvider(): SignInProvider | null {
    return this.#original ? this.#original.signIn : (this.current?.signIn ?? null);
  }

  /** The other way of signing in, where there are two. */
  get canSwitch(): boolean {
    const offered = this.#browserProvider;
    return offered !== null && this.current?.advice !== 'noPasswords';
  }

  /** Nobody can sign in: the provider takes no passwords, and the browser needs a client id. */
  get hopeless(): boolean {
    if (this.provider !== null) return !this.provider.configured && !this.editing;
    return this.current?.advice === 'noPasswords' && !this.byHand;
  }

  /** A password is asked for now: the servers are known, and nothing else opens them. */
  get wantsPassword(): boolean {
    return this.password === '' && !this.editing && this.provider === null && (this.byHand || this.current !== null);
  }

  /** Enough was typed to go on. The password may come after the servers were found. */
  get complete(): boolean {
    const basics = /^\S+@\S+\.?\S+$/.test(this.email.trim()) && !this.wantsPassword;
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
    return this.phase === 'searching' || this.phase === 'verifying' || this.browser.waiting;
  }

  /** Goes on: finds the servers, or signs in when they are known. True when the account was saved. */
  async next(): Promise<boolean> {
    this.problem = null;
    this.browser.problem = null;
    if (this.provider?.configured && !this.editing) return this.#throughBrowser(this.provider);
    if (this.byHand) return this.#save();
    const same = this.current !== null;
    if (same && this.phase === 'asking') return this.#save();
    if (same && this.phase === 'advised') return this.#ask() ? false : this.#save();
    const found = await this.#discover();
    if (!found) return false;
    if (found.advice !== 'none' || found.signIn !== null || !this.#take(found) || this.wantsPassword) return false;
    return this.#ask() ? false : this.#save();
  }

  /** Uses a sign-in of another address than the account's: that is who the user is at the servers. */
  async useOther(signedIn: SignedIn): Promise<boolean> {
    this.browser.other = null;
    this.incoming.username = signedIn.address;
    this.outgoing.username = signedIn.address;
    return this.#save(signedIn.ticket);
  }

  async #throughBrowser(provider: SignInProvider): Promise<boolean> {
    const signedIn = await this.browser.run(provider, this.email.trim());
    if (this.browser.problem) this.problem = { error: this.browser.problem, side: null };
    return signedIn ? this.#save(signedIn.ticket) : false;
  }

  /** Shows the servers for editing; asks nothing. */
  edit(): void {
    this.byHand = true;
    // Whoever types servers knows what opens them.
    if (this.provider?.configured === false) this.byPassword = true;
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
      const advised = found.advice !== 'none' || found.signIn !== null;
      this.phase = advised ? 'advised' : 'typing';
      if (advised) this.#take(found);
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

  /** Trusts one certificate for one of the servers. */
  accept(side: 'incoming' | 'outgoing', fingerprint: string): void {
    const { host, port } = this[side];
    this.#accepted[side] = { server: `${host}:${port}`, fingerprint };
  }

  /** The fingerprint that was accepted for a server before; empty when there is none. */
  acceptedBefore(side: 'incoming' | 'outgoing'): string {
    const pin = this.#original?.pins.find((one) => one.side === side);
    return this.#certificate(side) ?? pin?.fingerprint ?? '';
  }

  #certificate(side: 'incoming' | 'outgoing'): string | null {
    const { host, port } = this[side];
    const accepted = this.#accepted[side];
    return accepted?.server === `${host}:${port}` ? accepted.fingerprint : null;
  }

  #draft(signIn: string | null): AccountDraft {
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
      incomingPassword: this.password === '' || signIn !== null ? null : this.password,
      outgoingPassword: this.outgoingPassword === '' || signIn !== null ? null : this.outgoingPassword,
      incomingCertificate: this.#certificate('incoming'),
      outgoingCertificate: this.#certificate('outgoing'),
      signIn,
      ticket: this.#ticket,
    };
  }

  async #save(signIn: string | null = null): Promise<boolean> {
    const before = this.phase === 'verifying' ? 'typing' : this.phase;
    this.#begin('verifying');
    try {
      const draft = this.#draft(signIn);
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
