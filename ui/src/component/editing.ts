/**
 * What every editor of formatted text has: foreign text is cleaned before it reaches it (no scripts, no styles that move
 * things, nothing remote), and it leaves to the command registry what that has keys for.
 */
import DOMPurify from 'dompurify';
import Squire from 'squire-rte';

const SCHEMES = /^(?:https?|mailto|tel|mail|data:image\/(?:png|jpeg|gif|webp)):?/i;
const STYLES =
  /^(?:color|background-color|font(?:-.*)?|text-align|text-decoration(?:-.*)?|border(?:-.*)?|padding(?:-.*)?|margin(?:-.*)?|width|vertical-align|list-style-type)$/;

/** The block of a signature that the engine put below a draft. */
const SIGNATURE = 'mail-signature';
let keepsSignature = false;

const purify = DOMPurify(window);
purify.addHook('uponSanitizeAttribute', (element, data) => {
  if (data.attrName === 'style' && element instanceof HTMLElement) {
    const kept = [...element.style].filter(
      (name) => STYLES.test(name) && !/url\s*\(/i.test(element.style.getPropertyValue(name)),
    );
    data.attrValue = kept.map((name) => `${name}:${element.style.getPropertyValue(name)}`).join(';');
  }
  if (data.attrName === 'class' && !(keepsSignature && data.attrValue === SIGNATURE)) data.keepAttr = false;
  // A picture from the web would be fetched by the reader's client, or not shown: it stays out.
  if (
    data.attrName === 'src' &&
    /^https?:/i.test(data.attrValue) &&
    !data.attrValue.startsWith('http://mail.localhost/')
  ) {
    data.keepAttr = false;
  }
});

/** Returns foreign HTML as nodes that are safe to edit. `own`: it is the user's, and where its signature stands is kept. */
export function cleanFragment(html: string, own = false): DocumentFragment {
  keepsSignature = own;
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
    FORBID_ATTR: ['id', 'name', 'background', 'srcset'],
    ADD_ATTR: ['data-cid'],
  });
}

/** Keys of the editor that the command registry has instead: with these, keymaps would be a lie. */
const KEYS = ['b', 'i', 'u', 'd', '[', ']', 'Shift-5', 'Shift-6', 'Shift-7', 'Shift-8', 'Shift-9'];

/** Leaves formatting keys to the registry. */
export function withoutKeys(editor: Squire): void {
  for (const modifier of ['Ctrl-', 'Meta-']) for (const key of KEYS) editor.setKeyHandler(modifier + key, null);
}

/** Makes an element an editor of formatted text that stands by itself, in a dialog; the caller ends it (`destroy`). */
export function formattedField(element: HTMLElement, html: string): Squire {
  const editor = new Squire(element, {
    blockTag: 'DIV',
    sanitizeToDOMFragment: (foreign: string) => document.importNode(cleanFragment(foreign), true),
    didError: (thrown: unknown) => console.error(thrown),
  });
  editor.setHTML(html);
  return editor;
}
