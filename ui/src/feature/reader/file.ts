/** What can be done with a file of a message: look at it, open it elsewhere, save it. */
import FileArchive from '@lucide/svelte/icons/file-archive';
import FileIcon from '@lucide/svelte/icons/file';
import FileSpreadsheet from '@lucide/svelte/icons/file-spreadsheet';
import FileText from '@lucide/svelte/icons/file-text';
import CalendarClock from '@lucide/svelte/icons/calendar-clock';
import ContactRound from '@lucide/svelte/icons/contact-round';
import ImageIcon from '@lucide/svelte/icons/image';
import Mail from '@lucide/svelte/icons/mail';
import ShieldAlert from '@lucide/svelte/icons/shield-alert';
import type { Shape } from '@/component/icon';
import type { Attachment, OpenedMessage } from '@/ipc/generated';
import type { Store } from '@/state/store.svelte';
import type { Viewed } from '@/state/viewer.svelte';
import { fullName } from '@/text/people';
import { t } from '@/text/text.svelte';

/** Types that the engine shows inside the window; the engine decides, this only spares a look at what it would refuse. */
const SHOWN =
  /^(text\/|message\/rfc822|message\/global|application\/(json|xml|ics|pdf|x-pdf))|^image\/(png|jpeg|gif|webp|avif|bmp|x-icon)$/;
const ENDINGS = /\.(txt|md|log|json|xml|ya?ml|pdf|csv|tsv|ics|vcf|eml|html?|diff|patch|ini|conf|toml|sql|tex|srt)$/i;

/** Returns the icon of a file. */
export function fileShape({ name, contentType, dangerous }: Attachment): Shape {
  if (dangerous) return ShieldAlert;
  if (contentType.startsWith('image/')) return ImageIcon;
  if (contentType === 'message/rfc822' || /\.eml$/i.test(name)) return Mail;
  if (contentType === 'text/calendar' || /\.ics$/i.test(name)) return CalendarClock;
  if (/vcard/.test(contentType) || /\.vcf$/i.test(name)) return ContactRound;
  if (/sheet|excel|csv/.test(contentType)) return FileSpreadsheet;
  if (/zip|compressed|tar|7z|rar/.test(contentType)) return FileArchive;
  return /pdf|text|word|document/.test(contentType) ? FileText : FileIcon;
}

/** True when a file is worth looking at inside the window. */
export function canPreview({ name, contentType, dangerous }: Attachment): boolean {
  return !dangerous && (SHOWN.test(contentType) || ENDINGS.test(name));
}

/** True when a file is a contact card. */
export function isCard({ name, contentType }: Attachment): boolean {
  return /vcard/.test(contentType) || /\.vcf$/i.test(name);
}

/** Returns the files of a message, to be looked at one after the other. */
export function viewedOf(message: OpenedMessage): Viewed[] {
  const sender = message.head.from[0] ? fullName(message.head.from[0]) : t('nobody');
  return message.attachments.map((file) => ({ message: message.head.id, sender, part: file.part, inside: [], file }));
}

/** Opens a file with the program that the system has for it; a program only after a question. Has nothing to say. */
export async function openFile({ engine, screen }: Store, viewed: Viewed): Promise<string> {
  const { file, message, part, inside, sender } = viewed;
  const text = t('file-danger-text', { name: file.name, sender });
  const ask = { title: t('file-danger-title'), text, action: t('file-danger-action'), danger: true };
  if (file.dangerous && !(await screen.ask(ask))) return '';
  const staged = await engine.call('attachments.stage', { message, part, inside });
  for (const path of staged.paths) await engine.openPath(path);
  return '';
}

/** Saves a file where the user says. Returns what was done in words; empty when the user thought better of it. */
export async function saveFile({ engine }: Store, viewed: Viewed): Promise<string> {
  const { file, message, part, inside } = viewed;
  const path = await engine.pickSavePath(file.name);
  if (path === null) return '';
  const saved = await engine.call('attachments.save', { message, part, inside, path });
  return t('file-saved', { path: saved.paths[0] ?? path });
}

/** Looks at a file where that is worth it, else opens it. Has nothing to say. */
export async function lookAt(store: Store, list: readonly Viewed[], at: number): Promise<string> {
  const viewed = list[at];
  if (!viewed) return '';
  if (!canPreview(viewed.file)) return openFile(store, viewed);
  store.viewer.open(list, at);
  return '';
}
