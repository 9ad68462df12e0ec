/** Following a link of a frame: into the composer, or into the browser after what is odd about it was said. */
import type { Store } from '@/state/store.svelte';
import { t } from '@/text/text.svelte';
import { linkDoubt, linkTarget } from './frame';

/** Follows a link with this text; what leads nowhere safe is left alone. */
export async function followLink(store: Store, href: string, text: string): Promise<void> {
  const target = linkTarget(href);
  if (!target) return;
  if (href.startsWith('mailto:')) {
    store.viewer.close();
    await store.compose.start({ kind: 'mailto', url: target.url });
    return;
  }
  const doubt = linkDoubt(href, text);
  const words =
    doubt === 'mismatch'
      ? t('link-text', { text: text.trim(), host: target.host })
      : t('link-odd', { host: target.host });
  const ask = { title: t('link-title'), text: words, action: t('link-open'), danger: false };
  if (doubt && !(await store.screen.ask(ask))) return;
  await store.engine.openExternal(target.url);
}
