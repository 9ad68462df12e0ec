/** Printing: the engine makes the document, with a head in the user's language; the window prints it. */
import type { MessageHead } from '@/ipc/generated';
import type { Store } from '@/state/store.svelte';
import { bytes, fullDate } from '@/text/format';
import { t } from '@/text/text.svelte';

/** Prints a message. */
export async function printMessage({ engine, reader }: Store, head: MessageHead): Promise<void> {
  const people = (list: MessageHead['to']): string =>
    list.map(({ name, email }) => (name ? `${name} <${email}>` : email)).join(t('list-separator'));
  const files = reader.opened.get(head.id)?.attachments ?? [];
  const lines = [
    { label: t('reader-from'), text: people(head.from) },
    { label: t('reader-recipients'), text: people(head.to) },
    { label: t('reader-copies'), text: people(head.cc) },
    { label: t('reader-sent'), text: fullDate(head.sentAt ?? head.at) },
    {
      label: t('reader-attachments', { count: files.length }),
      text: files.map((file) => `${file.name} (${bytes(file.size)})`).join(t('list-separator')),
    },
  ].filter(({ text }) => text !== '');
  const request = { id: head.id, title: head.subject || t('no-subject'), lines };
  const { url } = await engine.call('messages.print', request);
  await engine.print(engine.contentUrl(url));
}
