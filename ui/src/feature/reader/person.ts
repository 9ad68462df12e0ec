/** What can be done with somebody named in a message's head. */
import Copy from '@lucide/svelte/icons/copy';
import Search from '@lucide/svelte/icons/search';
import SquarePen from '@lucide/svelte/icons/square-pen';
import { menus } from '@/component/menu.svelte';
import type { Address } from '@/ipc/generated';
import type { Store } from '@/state/store.svelte';
import { fullName } from '@/text/people';
import { t } from '@/text/text.svelte';

/** Puts an address on the clipboard. */
async function copyAddress(store: Store, { email }: Address): Promise<void> {
  await navigator.clipboard.writeText(email);
  store.undo.say(t('person-copied', { address: email }));
}

/** Opens the menu of a person. */
export function personMenu(store: Store, person: Address, at: HTMLElement): void {
  const name = fullName(person);
  const fail = (thrown: unknown) => store.undo.fail(thrown);
  const place = { kind: 'search', text: `from:${person.email}`, mailbox: null, account: null } as const;
  const write = { kind: 'mailto', url: `mailto:${encodeURIComponent(person.email)}` } as const;
  menus.show(
    person.email,
    [
      { label: t('person-copy'), icon: Copy, run: () => void copyAddress(store, person).catch(fail) },
      { label: t('person-all', { name }), icon: Search, run: () => void store.list.open(place) },
      { label: t('person-write', { name }), icon: SquarePen, run: () => void store.compose.start(write).catch(fail) },
    ],
    at,
  );
}
