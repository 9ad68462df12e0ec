/** One table from an error's code to its words and the step that helps. */
import type { Code, Error } from '@/ipc/generated';
import type { Key } from './keys';
import { t } from './text.svelte';

/** What the user can do about a problem; the place that shows it knows how. */
type Remedy = 'retry' | 'password' | 'account' | 'unlock' | 'none';

interface Words {
  title: Key;
  hint: Key;
  remedy: Remedy;
}

const WORDS: Record<Code, Words> = {
  invalid: { title: 'problem-invalid', hint: 'problem-invalid-hint', remedy: 'none' },
  notFound: { title: 'problem-not-found', hint: 'problem-not-found-hint', remedy: 'none' },
  conflict: { title: 'problem-conflict', hint: 'problem-conflict-hint', remedy: 'retry' },
  offline: { title: 'problem-offline', hint: 'problem-offline-hint', remedy: 'retry' },
  hostUnknown: { title: 'problem-host-unknown', hint: 'problem-host-unknown-hint', remedy: 'account' },
  connectionLost: { title: 'problem-connection-lost', hint: 'problem-connection-lost-hint', remedy: 'retry' },
  timeout: { title: 'problem-timeout', hint: 'problem-timeout-hint', remedy: 'retry' },
  certificate: { title: 'problem-certificate', hint: 'problem-certificate-hint', remedy: 'account' },
  certificateIssuer: {
    title: 'problem-certificate-issuer',
    hint: 'problem-certificate-issuer-hint',
    remedy: 'account',
  },
  certificateHost: { title: 'problem-certificate-host', hint: 'problem-certificate-host-hint', remedy: 'account' },
  certificateExpired: {
    title: 'problem-certificate-expired',
    hint: 'problem-certificate-expired-hint',
    remedy: 'retry',
  },
  certificateChanged: {
    title: 'problem-certificate-changed',
    hint: 'problem-certificate-changed-hint',
    remedy: 'account',
  },
  certificateEarly: { title: 'problem-certificate-early', hint: 'problem-certificate-early-hint', remedy: 'retry' },
  proxy: { title: 'problem-proxy', hint: 'problem-proxy-hint', remedy: 'retry' },
  portal: { title: 'problem-portal', hint: 'problem-portal-hint', remedy: 'retry' },
  tls: { title: 'problem-tls', hint: 'problem-tls-hint', remedy: 'account' },
  credentials: { title: 'problem-credentials', hint: 'problem-credentials-hint', remedy: 'password' },
  signInOver: { title: 'problem-sign-in-over', hint: 'problem-sign-in-over-hint', remedy: 'password' },
  signInDenied: { title: 'problem-sign-in-denied', hint: 'problem-sign-in-denied-hint', remedy: 'none' },
  signInFailed: { title: 'problem-sign-in-failed', hint: 'problem-sign-in-failed-hint', remedy: 'retry' },
  signInTimeout: { title: 'problem-sign-in-timeout', hint: 'problem-sign-in-timeout-hint', remedy: 'none' },
  noClient: { title: 'problem-no-client', hint: 'problem-no-client-hint', remedy: 'none' },
  noPasswords: { title: 'problem-no-passwords', hint: 'problem-no-passwords-hint', remedy: 'none' },
  refused: { title: 'problem-refused', hint: 'problem-refused-hint', remedy: 'retry' },
  crowded: { title: 'problem-crowded', hint: 'problem-crowded-hint', remedy: 'retry' },
  referral: { title: 'problem-referral', hint: 'problem-referral-hint', remedy: 'account' },
  overQuota: { title: 'problem-over-quota', hint: 'problem-over-quota-hint', remedy: 'none' },
  inUse: { title: 'problem-in-use', hint: 'problem-in-use-hint', remedy: 'retry' },
  protocol: { title: 'problem-protocol', hint: 'problem-protocol-hint', remedy: 'retry' },
  limit: { title: 'problem-limit', hint: 'problem-limit-hint', remedy: 'none' },
  diskFull: { title: 'problem-disk-full', hint: 'problem-disk-full-hint', remedy: 'retry' },
  file: { title: 'problem-file', hint: 'problem-file-hint', remedy: 'retry' },
  corrupt: { title: 'problem-corrupt', hint: 'problem-corrupt-hint', remedy: 'none' },
  newerVersion: { title: 'problem-newer-version', hint: 'problem-newer-version-hint', remedy: 'none' },
  profileInUse: { title: 'problem-profile-in-use', hint: 'problem-profile-in-use-hint', remedy: 'none' },
  secrets: { title: 'problem-secrets', hint: 'problem-secrets-hint', remedy: 'unlock' },
  wrongPassphrase: { title: 'problem-wrong-passphrase', hint: 'problem-wrong-passphrase-hint', remedy: 'unlock' },
  notHere: { title: 'problem-not-here', hint: 'problem-not-here-hint', remedy: 'retry' },
  tooLate: { title: 'problem-too-late', hint: 'problem-too-late-hint', remedy: 'none' },
  needsFolder: { title: 'problem-needs-folder', hint: 'problem-needs-folder-hint', remedy: 'none' },
  cancelled: { title: 'problem-cancelled', hint: 'problem-cancelled-hint', remedy: 'none' },
  internal: { title: 'problem-internal', hint: 'problem-internal-hint', remedy: 'retry' },
};

/** A problem in words. */
export interface Problem {
  /** What is so, one sentence. */
  title: string;
  /** What it means or what helps, one sentence. */
  hint: string;
  /** The server's words, a host, a path; empty when there is nothing to add. */
  detail: string;
  /** The step that helps. */
  remedy: Remedy;
}

/** Returns the words for an error. */
export function describe(error: Pick<Error, 'code' | 'detail'>): Problem {
  const words = WORDS[error.code];
  return { title: t(words.title), hint: t(words.hint), detail: error.detail, remedy: words.remedy };
}
