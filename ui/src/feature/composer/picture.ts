/** Pictures in the text: from the clipboard through the shell, from files that were pasted or chosen. */
import type Squire from 'squire-rte';
import { base64 } from '@/component/paste';
import type { Engine } from '@/ipc/engine';
import type { DraftAttachment } from '@/ipc/generated';
import { t } from '@/text/text.svelte';
import type { Composing } from './composing.svelte';

/** Pictures that every reader shows. */
const SHOWN = /^image\/(png|jpeg|gif|webp)$/;

function show(engine: Engine, editor: Squire | null, file: DraftAttachment | null): void {
  if (file?.inline) editor?.insertImage(engine.contentUrl(file.url), { 'data-cid': file.contentId, alt: file.name });
}

/** Puts the clipboard's picture where the caret stands; below the text in plain-text mode. */
export async function insertPicture(
  composing: Composing,
  engine: Engine,
  editor: Squire | null,
  name: string,
): Promise<void> {
  const image = await engine.clipboardImage();
  if (image !== null) show(engine, editor, await composing.attachBytes(name, 'image/png', image, !composing.plain));
}

/** Puts pictures where the caret stands, and attaches everything else. */
export async function insertFiles(
  composing: Composing,
  engine: Engine,
  editor: Squire | null,
  files: readonly File[],
): Promise<void> {
  for (const file of files) {
    const inline = !composing.plain && SHOWN.test(file.type);
    show(engine, editor, await composing.attachBytes(file.name, file.type, await base64(file), inline));
  }
}

/** Lets the user choose pictures, and puts them where the caret stands; below the text in plain-text mode. */
export async function pickPictures(composing: Composing, engine: Engine, editor: Squire | null): Promise<void> {
  const paths = await engine.pickFiles(t('compose-picture'));
  if (paths.length === 0) return;
  for (const file of await composing.attachPaths(paths, !composing.plain)) show(engine, editor, file);
}
