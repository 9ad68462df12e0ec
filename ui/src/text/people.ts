/** How people are named in rows, heads and avatars. */
import type { Address, SignatureWords } from '@/ipc/generated';
import { t } from './text.svelte';

/** Scripts in which a name is one word. */
const NOT_LATIN = /[^\p{Script=Latin}\p{Script=Common}\p{Script=Inherited}]/u;

/** Returns the name to show: the display name, else the address. */
export function fullName(address: Address): string {
  return address.name || address.email || t('nobody');
}

/** Returns the short form for a list of several: the given name of a Latin name, else the whole. */
export function shortName(address: Address): string {
  const name = fullName(address);
  if (NOT_LATIN.test(name) || name.includes('@') || name.includes(',')) return name;
  return name.split(' ')[0] ?? name;
}

/** Returns one to two letters for an avatar. */
export function initials(address: Address): string {
  const name = fullName(address)
    .replace(/["'([<]/g, '')
    .trim();
  const first = [...name][0] ?? '?';
  if (NOT_LATIN.test(first)) return first;
  const last = name.includes('@') ? '' : [...(name.split(/\s+/).at(-1) ?? '')][0];
  return (name.includes(' ') ? first + (last ?? '') : first).toUpperCase();
}

/** Returns people as one line; the user's own addresses read as *me*. */
export function peopleLine(people: readonly Address[], own: ReadonlySet<string>): string {
  const name = people.length > 1 ? shortName : fullName;
  const me = (address: Address) => own.has(address.email.toLowerCase());
  return people.map((address) => (me(address) ? t('me') : name(address))).join(t('list-separator'));
}

/** Letters of a signature that name it. */
const SIGNATURE_LETTERS = 40;

/** Returns what a signature is called: its name, else its first words. */
export function signatureName({ name, plain }: SignatureWords): string {
  return name || (plain.trim().split('\n')[0] ?? '').slice(0, SIGNATURE_LETTERS) || t('signatures');
}
