/** The ledger in words: on the page, and as a report to be copied. */
import type { Account, FolderProof, LedgerFolder, Mailbox, ProofProgress } from '@/ipc/generated';
import { standing, type Standing } from '@/state/ledger.svelte';
import { mailboxName } from '@/state/mailboxes.svelte';
import { count, shortDate } from '@/text/format';
import { t } from '@/text/text.svelte';

/** Returns what a proof found, a sentence each. */
export function foundWords(proof: FolderProof): string[] {
  const found = proof.missing + proof.gone + proof.flags + proof.other + proof.spared + proof.remaining;
  const compared = count(proof.compared);
  const first = proof.equal && found === 0 ? 'ledger-found-equal' : 'ledger-found';
  const lines: [boolean, string][] = [
    [true, t(first, { compared })],
    [proof.missing > 0, t('ledger-found-missing', { count: count(proof.missing) })],
    [proof.gone > 0, t('ledger-found-gone', { count: count(proof.gone) })],
    [proof.flags > 0, t('ledger-found-flags', { count: count(proof.flags) })],
    [proof.other > 0, t('ledger-found-other', { count: count(proof.other) })],
    [proof.spared > 0, t('ledger-found-spared', { count: count(proof.spared) })],
    [proof.remaining > 0, t('ledger-found-remaining', { count: count(proof.remaining) })],
    [proof.problem !== '', t('ledger-found-problem', { said: proof.problem })],
  ];
  return lines.filter(([shown]) => shown).map(([, words]) => words);
}

/** Returns how a folder stands, in words. */
export function standingWords(folder: LedgerFolder, progress: ProofProgress | undefined): [Standing, string] {
  const state = standing(folder, progress);
  const there = folder.there ?? 0;
  switch (state) {
    case 'proving': {
      if (!progress || progress.total === 0) return [state, t('ledger-proving')];
      return [state, t('ledger-proving-part', { done: count(progress.done), total: count(progress.total) })];
    }
    case 'never':
      return [state, t('ledger-never')];
    case 'unreadable':
      return [state, t('ledger-unreadable', { count: count(folder.unreadable.length) })];
    case 'brokenOff':
      return [state, t('ledger-broken-off')];
    case 'remaining':
      return [state, t('ledger-remaining', { count: count(folder.proof?.remaining ?? 0) })];
    case 'fetching':
      return [state, t('ledger-fetching', { count: count(there - folder.here) })];
    case 'moreHere':
      return [state, t('ledger-more-here', { count: count(folder.here - there) })];
    case 'equal': {
      const { proof } = folder;
      if (!proof) return [state, t('ledger-in-step')];
      const mended = proof.missing + proof.gone + proof.flags + proof.other > 0;
      return [state, t(mended ? 'ledger-mended' : 'ledger-proved', { time: shortDate(proof.at) })];
    }
  }
}

/** Returns the ledger as text, one line a folder, columns parted by tabs. */
export function report(
  folders: readonly LedgerFolder[],
  accountOf: (id: number) => Account | undefined,
  mailboxOf: (id: number) => Mailbox | undefined,
): string {
  const head = [
    t('ledger-account'),
    t('ledger-folder'),
    t('ledger-there'),
    t('ledger-here'),
    t('ledger-stored'),
    t('ledger-waiting'),
    t('ledger-state'),
    'UIDVALIDITY',
    'UIDNEXT',
    'MODSEQ',
    t('ledger-checked'),
  ];
  const time = (at: number | null) => (at === null ? '' : new Date(at).toISOString());
  const lines = folders.map((folder) => {
    const mailbox = mailboxOf(folder.mailbox);
    const found = folder.proof ? ` (${foundWords(folder.proof).join(' ')})` : '';
    return [
      accountOf(folder.account)?.config.label ?? '',
      mailbox ? mailboxName(mailbox) : String(folder.mailbox),
      folder.there ?? '',
      folder.here,
      folder.stored,
      folder.pending,
      standingWords(folder, undefined)[1] + found,
      folder.uidValidity ?? '',
      folder.uidNext ?? '',
      folder.modseq,
      time(folder.comparedAt),
    ].join('\t');
  });
  return [head.join('\t'), ...lines].join('\n') + '\n';
}
