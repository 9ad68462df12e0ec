/** The folders of all accounts, as lists and as trees. */
import type { Event, Mailbox, MailboxRole } from '@/ipc/generated';
import { t } from '@/text/text.svelte';
import { ROLE_WORDS } from './place';

/** A folder with those below it. */
export interface Branch {
  mailbox: Mailbox;
  children: Branch[];
}

const ROLE_ORDER: Record<MailboxRole, number> = {
  inbox: 0,
  drafts: 1,
  sent: 2,
  archive: 3,
  all: 4,
  other: 5,
  junk: 6,
  trash: 7,
};

/** Returns the name to show: the words of its role, else its own name. */
export function mailboxName(mailbox: Mailbox): string {
  return mailbox.role === 'other' ? mailbox.name : t(ROLE_WORDS[mailbox.role]);
}

const names = new Intl.Collator(undefined, { numeric: true });

/** The user's own order first, then roles, then names. */
function inOrder(a: Mailbox, b: Mailbox): number {
  const place = (a.place ?? Number.MAX_SAFE_INTEGER) - (b.place ?? Number.MAX_SAFE_INTEGER);
  return place || ROLE_ORDER[a.role] - ROLE_ORDER[b.role] || names.compare(a.name, b.name);
}

/** All folders. */
export class Mailboxes {
  /** All, as listed. */
  list = $state.raw<Mailbox[]>([]);
  readonly #byId = $derived(new Map(this.list.map((mailbox) => [mailbox.id, mailbox])));

  /** Returns a folder. */
  byId(id: number): Mailbox | undefined {
    return this.#byId.get(id);
  }

  /** Returns the folder of a role, of one account or of the first that has it. */
  byRole(role: MailboxRole, account?: number): Mailbox | undefined {
    return this.list.find((mailbox) => mailbox.role === role && (account === undefined || mailbox.account === account));
  }

  /** Returns what all folders of a role hold together. */
  sum(role: MailboxRole, what: 'total' | 'unread'): number {
    return this.list.reduce((sum, mailbox) => (mailbox.role === role ? sum + mailbox[what] : sum), 0);
  }

  /** Returns the folders of an account as a tree: roles first, then by name. */
  tree(account: number): Branch[] {
    const own = this.list.filter((mailbox) => mailbox.account === account);
    const ids = new Set(own.map((mailbox) => mailbox.id));
    const below = new Map<number | null, Mailbox[]>();
    for (const mailbox of own) {
      const parent = mailbox.parent !== null && ids.has(mailbox.parent) ? mailbox.parent : null;
      const siblings = below.get(parent);
      if (siblings) siblings.push(mailbox);
      else below.set(parent, [mailbox]);
    }
    const branches = (parent: number | null): Branch[] =>
      (below.get(parent) ?? []).sort(inOrder).map((mailbox) => ({ mailbox, children: branches(mailbox.id) }));
    return branches(null);
  }

  /** Returns the folders beside one, itself included, in their order. */
  siblings(mailbox: Mailbox): Mailbox[] {
    const { account, parent } = mailbox;
    return this.list.filter((one) => one.account === account && one.parent === parent).sort(inOrder);
  }

  /** Returns all folders below one. */
  below(mailbox: Mailbox): Mailbox[] {
    const found: Mailbox[] = [];
    const parents = new Set([mailbox.id]);
    for (let before = -1; before < parents.size;) {
      before = parents.size;
      for (const one of this.list) {
        if (one.parent === null || !parents.has(one.parent) || parents.has(one.id)) continue;
        parents.add(one.id);
        found.push(one);
      }
    }
    return found;
  }

  /** Returns the folders whose path or shown name has these words. */
  matching(text: string): Mailbox[] {
    const wanted = text.toLocaleLowerCase();
    return this.list.filter((one) => `${one.path} ${mailboxName(one)}`.toLocaleLowerCase().includes(wanted));
  }

  /** The folders that the user wants at the top. */
  readonly favourites = $derived(this.list.filter((mailbox) => mailbox.favourite));

  /** Takes what happened. */
  hear(event: Event): void {
    if (event.kind === 'mailboxesChanged') this.list = event.mailboxes;
  }
}
