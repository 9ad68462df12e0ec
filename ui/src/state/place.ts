/** Where the list is: a folder, a unified place, a search. */
import type { MailboxRole, ViewSource } from '@/ipc/generated';
import type { Key } from '@/text/keys';

/** A place that lists messages, or the outbox, which has a list of its own. */
export type Place = ViewSource | { kind: 'outbox' };

/** Words for what a folder is for. Folders of no role are shown by their own names. */
export const ROLE_WORDS: Record<Exclude<MailboxRole, 'other'>, Key> = {
  inbox: 'role-inbox',
  drafts: 'role-drafts',
  sent: 'role-sent',
  archive: 'role-archive',
  junk: 'role-junk',
  trash: 'role-trash',
  all: 'role-all',
};

/** Words for a role in all accounts together. */
export const UNIFIED_WORDS: Record<MailboxRole, Key> = {
  inbox: 'place-inboxes',
  drafts: 'place-drafts',
  sent: 'role-sent',
  archive: 'role-archive',
  junk: 'role-junk',
  trash: 'role-trash',
  all: 'role-all',
  other: 'role-all',
};

/** True when both are the same place. */
export function samePlace(a: Place, b: Place): boolean {
  return JSON.stringify(a) === JSON.stringify(b);
}
