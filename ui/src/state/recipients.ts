/** Lists of recipients while they are written: what is typed becomes chips, chips move between fields. */
import type { Address, AddressGroup } from '@/ipc/generated';

/** The three fields. */
export type Field = 'to' | 'cc' | 'bcc';
/** Their order on screen, and for moving a chip by key. */
export const FIELDS: readonly Field[] = ['to', 'cc', 'bcc'];

/** A recipient as drawn. */
export interface Chip {
  address: Address;
  /** It can be sent to, as far as its form tells. */
  valid: boolean;
}

/** Returns whether an address has the form of one; the engine has the last word when it is sent. */
export function looksValid({ email }: Address): boolean {
  return /^[^\s@<>",;:\\]+@[^\s@<>",;:\\]+\.[^\s@<>",;:\\.]+$/u.test(email) || /^[^\s@]+@\[[^\]\s]+\]$/u.test(email);
}

/** Returns recipients as chips, each address once. */
export function chipsOf(addresses: readonly Address[]): Chip[] {
  return added(
    [],
    addresses.map((address) => ({ address, valid: looksValid(address) })),
  );
}

/** Adds chips; one whose address is there already is not added again. */
export function added(chips: readonly Chip[], more: readonly Chip[]): Chip[] {
  const known = new Set(chips.map((chip) => chip.address.email.toLowerCase()));
  const fresh = more.filter((chip) => {
    const email = chip.address.email.toLowerCase();
    if (known.has(email)) return false;
    known.add(email);
    return true;
  });
  return [...chips, ...fresh];
}

/**
 * Adds chips to a field and takes their addresses out of the others: nobody gets a message twice, and where somebody was put
 * last is where they are meant to be.
 */
export function addedTo(
  all: Readonly<Record<Field, Chip[]>>,
  field: Field,
  more: readonly Chip[],
): Record<Field, Chip[]> {
  const fresh = new Set(more.map((chip) => chip.address.email.toLowerCase()));
  const others = (name: Field): Chip[] => all[name].filter((chip) => !fresh.has(chip.address.email.toLowerCase()));
  return { to: others('to'), cc: others('cc'), bcc: others('bcc'), [field]: added(all[field], more) };
}

/** What is offered while somebody types: somebody, or a group with its members. */
export type Offer =
  { key: string; address: Address; group?: undefined } | { key: string; group: AddressGroup; address?: undefined };

/** Returns what is offered, groups first; whoever is among the recipients is left out, and so is a group that is there whole. */
export function offersOf(people: readonly Address[], groups: readonly AddressGroup[], chips: readonly Chip[]): Offer[] {
  const there = new Set(chips.map((chip) => chip.address.email.toLowerCase()));
  const isNew = ({ email }: Address): boolean => !there.has(email.toLowerCase());
  return [
    ...groups.filter((group) => group.members.some(isNew)).map((group) => ({ key: `group:${group.id}`, group })),
    ...people.filter(isNew).map((address) => ({ key: address.email, address })),
  ];
}

/** Returns the text of a chip for editing it again. */
export function editable({ name, email }: Address): string {
  if (name === '' || name === email) return email;
  return `${/[",;:<>@()]/.test(name) ? `"${name.replace(/["\\]/g, '\\$&')}"` : name} <${email}>`;
}

/** True when a press ends an address. A comma inside quotes does not. */
export function endsAddress(key: string, typed: string): boolean {
  if (key === 'Enter' || key === 'Tab' || key === ';' || key === '；') return typed.trim() !== '';
  if (key !== ',' && key !== '，') return false;
  return typed.trim() !== '' && (typed.match(/(?<!\\)"/g)?.length ?? 0) % 2 === 0;
}
