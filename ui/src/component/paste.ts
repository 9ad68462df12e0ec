/**
 * What comes in through the clipboard.
 *
 * WebKitGTK hands a page an empty clipboard when it holds a picture: then the shell is asked. Text is cleaned by the editor,
 * see `component/editing.ts`.
 */
/** What a paste holds besides text. */
export type Pasted =
  { kind: 'files'; files: File[] } | { kind: 'paths'; paths: string[] } | { kind: 'unknown' } | { kind: 'text' };

/** Tells what a paste holds. */
export function pasted(data: DataTransfer | null): Pasted {
  if (!data || data.types.length === 0) return { kind: 'unknown' };
  const files = [...data.files];
  if (files.length > 0) return { kind: 'files', files };
  const paths = data
    .getData('text/uri-list')
    .split(/\r?\n/)
    .filter((line) => line.startsWith('file:///'))
    .map((line) => decodeURIComponent(line.slice('file://'.length)));
  return paths.length > 0 ? { kind: 'paths', paths } : { kind: 'text' };
}

/** Returns a file's bytes as Base64. */
export async function base64(file: Blob): Promise<string> {
  const bytes = new Uint8Array(await file.arrayBuffer());
  let text = '';
  for (let at = 0; at < bytes.length; at += 0x8000) text += String.fromCharCode(...bytes.subarray(at, at + 0x8000));
  return btoa(text);
}
