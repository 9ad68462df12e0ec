/** How a rule before download is put in words. */
import type { DropAction, DropCondition, DropDeed, DropHindrance, DropRule } from '@/ipc/generated';
import { bytes } from '@/text/format';
import type { Key } from '@/text/keys';
import { t } from '@/text/text.svelte';

/** Everything that a rule can look at. */
export const CONDITIONS: readonly DropCondition[] = ['sender', 'subject', 'larger', 'smaller', 'older'];
/** Everything that a rule can do, the mildest first. */
export const ACTIONS: readonly DropAction[] = ['download', 'head', 'skip', 'remove'];

const DEEDS: Record<DropDeed, Key | null> = {
  usual: null,
  whole: 'rule-d-whole',
  head: 'rule-d-head',
  skip: 'rule-d-skip',
  remove: 'rule-d-remove',
};
const HINDRANCES: Record<DropHindrance, Key> = {
  here: 'rule-h-here',
  locked: 'rule-h-locked',
  kept: 'rule-h-kept',
  nameless: 'rule-h-nameless',
  headless: 'rule-h-headless',
  fleeting: 'rule-h-fleeting',
};

/** What a rule looks at. */
export function condition(rule: DropRule): string {
  switch (rule.condition) {
    case 'larger':
      return t('rule-if-larger', { size: bytes(rule.number) });
    case 'smaller':
      return t('rule-if-smaller', { size: bytes(rule.number) });
    case 'sender':
      return t('rule-if-sender', { words: rule.words });
    case 'subject':
      return t('rule-if-subject', { words: rule.words });
    case 'older':
      return t('rule-if-older', { count: rule.number });
  }
}

/** What a rule does. */
export function action(rule: DropRule): string {
  return t(`rule-a-${rule.action}`);
}

/** What becomes of a message, and why not what the rule says. */
export function outcome(deed: DropDeed, hindrance: DropHindrance | null): string {
  const words = hindrance === null ? DEEDS[deed] : HINDRANCES[hindrance];
  return words === null ? '' : t(words);
}
