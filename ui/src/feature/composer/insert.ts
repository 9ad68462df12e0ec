/** Putting a template into a draft, and making one of what was written. */
import type Squire from 'squire-rte';
import Settings2 from '@lucide/svelte/icons/settings-2';
import Save from '@lucide/svelte/icons/save';
import Text from '@lucide/svelte/icons/text';
import { type MenuItem, menus } from '@/component/menu.svelte';
import type { Template } from '@/ipc/generated';
import type { Store } from '@/state/store.svelte';
import { longDate } from '@/text/format';
import { t } from '@/text/text.svelte';
import type { Composing } from './composing.svelte';
import { type Facts, filled, filledHtml } from '@/state/template';

/** Letters of a template's name. */
const NAME_LETTERS = 80;

function factsOf(composing: Composing): Facts {
  const to = composing.chips.to[0]?.address ?? null;
  return { to, from: composing.from, subject: composing.subject, date: longDate(Date.now()) };
}

/** Puts a template's text where the caret is, and its subject where there is none. */
export function insertTemplate(composing: Composing, editor: Squire | null, template: Template): void {
  if (composing.subject.trim() === '') composing.subject = filled(template.subject, factsOf(composing));
  const facts = factsOf(composing);
  if (editor) {
    editor.focus().insertHTML(filledHtml(template.html, facts));
  } else {
    const field = document.querySelector<HTMLTextAreaElement>(`[data-draft="${composing.id}"] .writing--plain`);
    const [start, end] = [field?.selectionStart ?? 0, field?.selectionEnd ?? 0];
    composing.text = composing.text.slice(0, start) + filled(template.text, facts) + composing.text.slice(end);
  }
  composing.touch();
}

/** Returns what was written, without the signature below it. */
function written(composing: Composing): string {
  const box = document.createElement('div');
  if (composing.plain) {
    const text = composing.text.split(/\n-- \n/u)[0] ?? '';
    const line = (words: string) => Object.assign(document.createElement('div'), { textContent: words || '\u00a0' });
    box.append(...text.trimEnd().split('\n').map(line));
  } else {
    box.innerHTML = new DOMParser().parseFromString(composing.html, 'text/html').body.innerHTML;
    box.querySelectorAll('.mail-signature').forEach((signature) => signature.remove());
    while (box.lastElementChild?.textContent?.trim() === '') box.lastElementChild.remove();
  }
  return box.innerHTML;
}

/** Makes a template of what was written, under a name that the user gives. */
export async function saveTemplate(composing: Composing, { screen, templates, undo }: Store): Promise<void> {
  const name = await screen.askName({
    title: t('template-save'),
    label: t('template-name'),
    value: composing.subject.slice(0, NAME_LETTERS),
    action: t('template-save-action'),
  });
  if (!name) return;
  await templates.save({ id: null, name, subject: composing.subject, html: written(composing) });
  undo.say(t('template-saved', { name }));
}

/** Opens the choice of templates. */
export function templateMenu(store: Store, at: HTMLElement, insert: (template: Template) => void): void {
  const { screen, templates } = store;
  const items: MenuItem[] = [
    ...templates.list.map((one) => ({ label: one.name, icon: Text, run: () => insert(one) })),
    {
      label: t('template-save'),
      icon: Save,
      apart: templates.list.length > 0,
      run: () => void store.compose.writing?.saveTemplate(),
    },
    {
      label: t('template-manage'),
      icon: Settings2,
      run: () => {
        screen.section = 'writing';
        screen.page = 'settings';
      },
    },
  ];
  menus.show(t('template-insert'), items, at);
}
