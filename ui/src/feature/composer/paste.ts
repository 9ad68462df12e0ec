/**
 * What comes in through the clipboard.
 *
 * WebKitGTK hands a page an empty clipboard when it holds a picture: then the shell is asked. Text from elsewhere is
 * cleaned before it reaches the editor: no scripts, no styles that move things, nothing remote.
 */
import DOMPurify from 'dompurify';

const SCHEMES = /^(?:https?|mailto|tel|mail|data:image\/(?:png|jpeg|gif|webp)):?/i;
const STYLES =
  /^(?:color|background-color|font(?:-.*)?|text-align|text-decoration(?:-.*)?|border(?:-.*)?|padding(?:-.*)?|margin(?:-.*)?|width|vertical-align|list-style-type)$/;

const purify = DOMPurify(window);
purify.addHook('uponSanitizeAttribute', (element, data) => {
  if (data.attrName === 'style' && element instanceof HTMLElement) {
    const kept = [...element.style].filter(
      (name) => STYLES.test(name) && !/url\s*\(/i.test(element.style.getPropertyValue(name)),
    );
    data.attrValue = kept.map((name) => `${name}:${element.style.getPropertyValue(name)}`).join(';');
  }
  // A picture from the web would be fetched by the reader's client, or not shown: it stays out.
  if (
    data.attrName === 'src' &&
    /^https?:/i.test(data.attrValue) &&
    !data.attrValue.startsWith('http://mail.localhost/')
  ) {
    data.keepAttr = false;
  }
});

/** Returns foreign HTML as nodes that are safe to edit. */
export function cleanFragment(html: string): DocumentFragment {
  return purify.sanitize(html, {
    RETURN_DOM_FRAGMENT: true,
    ALLOWED_URI_REGEXP: SCHEMES,
    FORBID_TAGS: [
      'style',
      'form',
      'input',
      'button',
      'textarea',
      'select',
      'iframe',
      'object',
      'embed',
      'svg',
      'math',
      'video',
      'audio',
      'meta',
      'link',
      'base',
    ],
    FORBID_ATTR: ['id', 'name', 'class', 'background', 'srcset'],
    ADD_ATTR: ['data-cid'],
  });
}

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
