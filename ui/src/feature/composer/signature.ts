/** The signature below a draft: which one, and how it stands in plain text. */
import { menus } from '@/component/menu.svelte';
import type { Store } from '@/state/store.svelte';
import { signatureName } from '@/text/people';
import { t } from '@/text/text.svelte';
import Settings2 from '@lucide/svelte/icons/settings-2';
import type { Composing } from './composing.svelte';

/** The class of a signature's block. */
const BLOCK = '.mail-signature';

/** Returns a text with the separator above the signature that is in it (RFC 3676 section 4.3). */
export function separated(text: string, signature: string): string {
  const words = signature.trim();
  const at = words === '' ? -1 : text.lastIndexOf(words);
  if (at < 0) return text;
  const above = text.slice(0, at).trimEnd();
  return `${above}\n\n-- \n${text.slice(at)}`;
}

/** Returns the plain form of what is written in an editor. */
export function textOf(element: HTMLElement): string {
  const blocks = element.querySelectorAll<HTMLElement>(BLOCK);
  const block = blocks[blocks.length - 1];
  return block ? separated(element.innerText, block.innerText) : element.innerText;
}

/** Opens the choice of signatures. */
export async function signatureMenu(composing: Composing, store: Store, at: HTMLElement): Promise<void> {
  const { screen, undo } = store;
  const { list, current } = await composing.signatures();
  const choose = (id: number | null): void =>
    void composing.chooseSignature(id).catch((thrown: unknown) => undo.fail(thrown));
  menus.show(
    t('compose-signature'),
    [
      ...list.map((one) => ({
        label: signatureName(one),
        checked: one.id === current,
        run: () => choose(one.id),
      })),
      { label: t('signature-nothing'), checked: false, run: () => choose(null) },
      {
        label: t('signature-manage'),
        icon: Settings2,
        apart: true,
        run: () => screen.openSettings(`account:${composing.account}`),
      },
    ],
    at,
  );
}
