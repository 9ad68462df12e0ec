/** Reads an error as it comes off the wire, where anything may come. */
import type { Code } from './generated';
import { EngineError } from './engine';

const CODES: readonly string[] = [
  'invalid',
  'notFound',
  'conflict',
  'offline',
  'hostUnknown',
  'connectionLost',
  'timeout',
  'certificate',
  'certificateIssuer',
  'certificateHost',
  'certificateExpired',
  'certificateEarly',
  'certificateChanged',
  'proxy',
  'portal',
  'tls',
  'credentials',
  'noPasswords',
  'signInOver',
  'signInDenied',
  'signInFailed',
  'signInTimeout',
  'noClient',
  'refused',
  'crowded',
  'referral',
  'overQuota',
  'inUse',
  'protocol',
  'limit',
  'diskFull',
  'file',
  'corrupt',
  'newerVersion',
  'profileInUse',
  'secrets',
  'wrongPassphrase',
  'notHere',
  'tooLate',
  'cancelled',
  'internal',
] satisfies Code[];

function isCode(value: unknown): value is Code {
  return typeof value === 'string' && CODES.includes(value);
}

/** Returns the error that `value` describes, or an internal one that quotes it. */
export function readError(value: unknown): EngineError {
  if (value instanceof EngineError) return value;
  if (typeof value === 'object' && value !== null && 'code' in value && isCode(value.code)) {
    const message = 'message' in value && typeof value.message === 'string' ? value.message : '';
    const detail = 'detail' in value && typeof value.detail === 'string' ? value.detail : '';
    return new EngineError({ code: value.code, message, detail });
  }
  const message = value instanceof Error ? value.message : String(value);
  return new EngineError({ code: 'internal', message, detail: message });
}
