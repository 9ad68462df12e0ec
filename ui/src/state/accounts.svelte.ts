/** The accounts and what each of them is doing. */
import type { Account, AccountStatus, Event } from '@/ipc/generated';
import { t } from '@/text/text.svelte';

/** The account of this computer's own folders has no name of its own: the page has words for it. */
function named(account: Account): Account {
  if (!isLocal(account)) return account;
  return { ...account, config: { ...account.config, label: t('local-account') } };
}

/** True for the account of this computer's own folders, which has no server. */
export function isLocal(account: Account): boolean {
  return account.config.incoming.protocol === 'local';
}

/** All accounts, in their order. */
export class Accounts {
  #listed = $state.raw<Account[]>([]);
  readonly #named = $derived(this.#listed.map(named));
  /** Those that have a server. */
  readonly servers = $derived(this.list.filter((account) => !isLocal(account)));
  /** Every address of the user's own, in small letters. */
  readonly own = $derived(
    new Set(
      this.servers.flatMap(({ config }) =>
        [config.email, ...config.aliases.map((alias) => alias.email)].map((email) => email.toLowerCase()),
      ),
    ),
  );

  /** All, as listed. */
  get list(): Account[] {
    return this.#named;
  }

  set list(listed: Account[]) {
    this.#listed = listed;
  }

  /** Returns an account. */
  byId(id: number): Account | undefined {
    return this.list.find((account) => account.id === id);
  }

  /** The account one of whose servers refuses its password now, the first of them. */
  get needsPassword(): Account | undefined {
    return this.list.find((account) => account.enabled && account.status.passwordFor !== null);
  }

  /** Takes what happened. */
  hear(event: Event): void {
    if (event.kind === 'accountsChanged') this.list = event.accounts;
    if (event.kind === 'accountStatusChanged') this.#update(event.status);
  }

  #update(status: AccountStatus): void {
    this.#listed = this.#listed.map((account) => (account.id === status.account ? { ...account, status } : account));
  }
}
