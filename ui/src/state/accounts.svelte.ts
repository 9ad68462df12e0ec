/** The accounts and what each of them is doing. */
import type { Account, AccountStatus, Event } from '@/ipc/generated';

/** All accounts, in their order. */
export class Accounts {
  /** All, as listed. */
  list = $state.raw<Account[]>([]);
  /** Every address of the user's own, in small letters. */
  readonly own = $derived(
    new Set(
      this.list.flatMap(({ config }) =>
        [config.email, ...config.aliases.map((alias) => alias.email)].map((email) => email.toLowerCase()),
      ),
    ),
  );

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
    this.list = this.list.map((account) => (account.id === status.account ? { ...account, status } : account));
  }
}
