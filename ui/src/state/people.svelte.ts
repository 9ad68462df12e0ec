/** The address book: people are added and removed with a way back, and lists on screen hear of it. */
import type { Engine } from '@/ipc/engine';
import type { Address, AddressGroup, CardEntry, ContactCard, Person } from '@/ipc/generated';
import { t } from '@/text/text.svelte';
import type { UndoBar } from './undo.svelte';

/** How long a removal can be taken back, milliseconds. */
const OFFER_MS = 15_000;

/** Returns somebody of whom nothing is known. */
export function nobody(): Person {
  const none = { organization: '', title: '', birthday: '', note: '' };
  return { id: 0, name: '', emails: [], phones: [], addresses: [], urls: [], ...none };
}

/** Returns what somebody is called: by name, organisation or address. */
export function calledBy({ name, organization, emails, phones }: Person): string {
  return name || organization || emails[0]?.value || phones[0]?.value || t('nobody');
}

/** Returns a card as somebody who can be kept. */
export function personOf(card: ContactCard): Person {
  const list = (entries: readonly CardEntry[]) => entries.map(({ kind, value }) => ({ kind, value }));
  const { emails, phones, addresses, urls } = card;
  const lists = { emails: list(emails), phones: list(phones), addresses: list(addresses), urls: list(urls) };
  return { ...card, ...lists, id: 0 };
}

/** Returns somebody of the address book with what a card adds; what is there stays. */
export function joined(there: Person, card: Person): Person {
  const list = (own: readonly CardEntry[], more: readonly CardEntry[]) => [
    ...own,
    ...more.filter((one) => !own.some((known) => known.value.toLowerCase() === one.value.toLowerCase())),
  ];
  return {
    ...there,
    name: there.name || card.name,
    organization: there.organization || card.organization,
    title: there.title || card.title,
    birthday: there.birthday || card.birthday,
    note: there.note || card.note,
    emails: list(there.emails, card.emails),
    phones: list(there.phones, card.phones),
    addresses: list(there.addresses, card.addresses),
    urls: list(there.urls, card.urls),
  };
}

/** What of the address book is on screen. */
export class People {
  /** Counts changes: whoever shows the address book asks again. */
  changes = $state(0);
  /** Who is being written or changed; null where nobody is. */
  edited = $state.raw<Person | null>(null);
  /** The group that is being written or changed. */
  editedGroup = $state.raw<AddressGroup | null>(null);

  constructor(
    private readonly engine: Engine,
    private readonly undo: UndoBar,
  ) {}

  /** Returns who has an address; null where nobody has. */
  async find(email: string): Promise<Person | null> {
    return (await this.engine.call('people.find', { email })).person;
  }

  /** Adds somebody, with a way back. */
  async add(person: Person): Promise<void> {
    const kept = await this.engine.call('people.save', { ...person, id: 0 });
    this.changes += 1;
    this.undo.offer(t('people-added', { name: calledBy(kept) }), t('command-undo'), OFFER_MS, async () => {
      await this.engine.call('people.remove', { id: kept.id });
      this.changes += 1;
    });
  }

  /** Adds whoever is named in a message. */
  addAddress({ name, email }: Address): Promise<void> {
    return this.add({ ...nobody(), name: name === email ? '' : name, emails: [{ kind: 'other', value: email }] });
  }

  /** Saves what was changed. */
  async save(person: Person): Promise<void> {
    await this.engine.call('people.save', person);
    this.changes += 1;
  }

  /** Removes somebody, with a way back. */
  async remove(person: Person): Promise<void> {
    await this.engine.call('people.remove', { id: person.id });
    this.changes += 1;
    this.undo.offer(t('people-removed', { name: calledBy(person) }), t('command-undo'), OFFER_MS, async () => {
      await this.engine.call('people.save', { ...person, id: 0 });
      this.changes += 1;
    });
  }

  /** Saves a group. */
  async saveGroup(group: AddressGroup): Promise<void> {
    await this.engine.call('groups.save', group);
    this.changes += 1;
  }

  /** Removes a group, with a way back. */
  async removeGroup(group: AddressGroup): Promise<void> {
    await this.engine.call('groups.remove', { id: group.id });
    this.changes += 1;
    this.undo.offer(t('people-removed', { name: group.name }), t('command-undo'), OFFER_MS, async () => {
      await this.engine.call('groups.save', { ...group, id: 0 });
      this.changes += 1;
    });
  }

  /** Adds what a file has that is not here; says what came of it. */
  async importFile(path: string): Promise<void> {
    const done = await this.engine.call('people.import', { path });
    this.changes += 1;
    const { added, completed, known, groups, leftOut, badAddresses } = done;
    const words = [t('people-imported', { added, completed, known, groups })];
    if (leftOut > 0) words.push(t('people-left-out', { count: leftOut }));
    const bad = badAddresses.join(t('list-separator'));
    if (bad !== '') words.push(t('people-bad-addresses', { addresses: bad }));
    this.undo.say(words.join(' '));
  }
}
