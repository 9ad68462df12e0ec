/** The ledger of the page: read when it is looked at, again when something changed, never by itself. */
import type { Engine } from '@/ipc/engine';
import type { Event, Ledger as LedgerData, LedgerFolder, ProofProgress } from '@/ipc/generated';

/** Time between two readings while mail arrives: it walks all messages. */
const PAUSE_MS = 1500;

/** What the server has and what is here. */
export class Ledger {
  data = $state.raw<LedgerData | null>(null);
  proofs = $state.raw<ReadonlyMap<number, ProofProgress>>(new Map());
  #watching = false;
  #account: number | null = null;
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(
    readonly engine: Engine,
    readonly fail: (thrown: unknown) => void,
  ) {}

  /** Shows one account, or all; returns the function that stops. */
  watch(account: number | null): () => void {
    this.#watching = true;
    this.#account = account;
    void this.#read();
    return () => {
      this.#watching = false;
      clearTimeout(this.#timer);
      this.#timer = undefined;
    };
  }

  async #read(): Promise<void> {
    const account = this.#account;
    try {
      const data = await this.engine.call('ledger.read', { account });
      if (!this.#watching || account !== this.#account) return;
      this.data = data;
      this.proofs = new Map(data.proofs.map((proof) => [proof.account, proof]));
    } catch (thrown) {
      this.fail(thrown);
    }
  }

  /** Compares a folder, or a whole account. */
  async prove(account: number, mailbox: number | null): Promise<void> {
    try {
      await this.engine.call('ledger.prove', { account, mailbox });
    } catch (thrown) {
      this.fail(thrown);
    }
  }

  /** Stops an account's proof. */
  async cancel(account: number): Promise<void> {
    await this.engine.call('ledger.cancel', { id: account }).catch(this.fail);
  }

  hear(event: Event): void {
    if (event.kind === 'proofChanged') {
      const proofs = new Map(this.proofs);
      if (event.progress) proofs.set(event.account, event.progress);
      else proofs.delete(event.account);
      this.proofs = proofs;
    }
    if (!this.#watching || this.#timer !== undefined) return;
    if (!['mailboxesChanged', 'proofChanged', 'operationRefused', 'accountStatusChanged'].includes(event.kind)) return;
    this.#timer = setTimeout(() => {
      this.#timer = undefined;
      void this.#read();
    }, PAUSE_MS);
  }
}

/** How a folder stands, in one word. */
export type Standing =
  'proving' | 'never' | 'unreadable' | 'brokenOff' | 'remaining' | 'fetching' | 'moreHere' | 'equal';

/** Returns how a folder stands: the worst first. */
export function standing(folder: LedgerFolder, proof: ProofProgress | undefined): Standing {
  if (proof?.mailbox === folder.mailbox) return 'proving';
  if (folder.comparedAt === null || folder.there === null) return 'never';
  if (folder.unreadable.length > 0) return 'unreadable';
  if (folder.proof && folder.proof.problem !== '') return 'brokenOff';
  if (folder.proof && folder.proof.remaining > 0) return 'remaining';
  if (folder.there > folder.here + folder.pending) return 'fetching';
  if (folder.here > folder.there + folder.pending) return 'moreHere';
  return 'equal';
}
