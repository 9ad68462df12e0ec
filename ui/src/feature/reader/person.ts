/** What can be done with somebody named in a message's head. */
import Copy from '@lucide/svelte/icons/copy';
import Pencil from '@lucide/svelte/icons/pencil';
import Search from '@lucide/svelte/icons/search';
import SquarePen from '@lucide/svelte/icons/square-pen';
import UserPlus from '@lucide/svelte/icons/user-plus';
import { type MenuItem, menus } from '@/component/menu.svelte';
import type { Address, NewDraft } from '@/ipc/generated';
import type { Store } from '@/state/store.svelte';
import { fullName } from '@/text/people';
import { t } from '@/text/text.svelte';

/** Puts an address on the clipboard. */
async function copyAddress(store: Store, { email }: Address): Promise<void> {
  await navigator.clipboard.writeText(email);
  store.undo.say(t('person-copied', { address: email }));
}

/** What the address book offers for somebody: to be kept, or to be changed there. */
async function keeping({ people, undo }: Store, person: Address): Promise<MenuItem> {
  // Without an answer they can still be kept.
  const kept = await people.find(person.email).catch(() => null);
  if (kept) return { label: t('person-edit'), icon: Pencil, run: () => void (people.edited = kept) };
  const add = () => people.addAddress(person).catch((thrown: unknown) => undo.fail(thrown));
  return { label: t('person-keep'), icon: UserPlus, run: () => void add() };
}

/** Opens the menu of a person. */
export async function personMenu(store: Store, person: Address, at: HTMLElement): Promise<void> {
  const keep = await keeping(store, person);
  const name = fullName(person);
  const fail = (thrown: unknown) => store.undo.fail(thrown);
  const place = { kind: 'search', text: `from:${person.email}`, mailbox: null, account: null } as const;
  const write: NewDraft = { kind: 'blank', account: null, to: [person] };
  menus.show(
    person.email,
    [
      { label: t('person-copy'), icon: Copy, run: () => void copyAddress(store, person).catch(fail) },
      { label: t('person-all', { name }), icon: Search, run: () => void store.list.open(place) },
      { label: t('person-write', { name }), icon: SquarePen, run: () => void store.compose.start(write).catch(fail) },
      keep,
    ],
    at,
  );
}
