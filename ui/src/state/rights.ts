/** What one may do with a folder, as its server said. Where it said nothing everything may be tried. */
import type { FolderRights, Mailbox } from '@/ipc/generated';
import type { Key } from '@/text/keys';
import { t } from '@/text/text.svelte';

/** Something that needs a right. */
export type Need = keyof FolderRights;

const REASONS: Record<Need, Key> = {
  read: 'rights-no-read',
  markRead: 'rights-no-mark-read',
  flag: 'rights-no-flag',
  insert: 'rights-no-insert',
  remove: 'rights-no-remove',
  create: 'rights-no-create',
  deleteFolder: 'rights-no-delete-folder',
};

/** Tells whether the server allows it. */
export function may(mailbox: Mailbox | undefined, need: Need): boolean {
  return mailbox?.rights?.[need] ?? true;
}

/** Returns why it is not allowed; empty where it is. */
export function refusal(mailbox: Mailbox | undefined, need: Need): string {
  return may(mailbox, need) ? '' : t(REASONS[need]);
}

/** Returns in words what one may do; empty where the server did not say. */
export function rightsWords({ rights }: Pick<Mailbox, 'rights'>): string {
  if (!rights) return '';
  const { markRead, flag, insert, remove, create, deleteFolder } = rights;
  if (markRead && flag && insert && remove && create && deleteFolder) return t('rights-all');
  const parts = [
    t('rights-read'),
    markRead || flag ? t('rights-mark') : '',
    insert ? t('rights-insert') : '',
    remove ? t('rights-remove') : '',
    create ? t('rights-create') : '',
    deleteFolder ? t('rights-delete-folder') : '',
  ].filter((part) => part !== '');
  return parts.length === 1 ? t('rights-read-only') : parts.join(', ');
}
