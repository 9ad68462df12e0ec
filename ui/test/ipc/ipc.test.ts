/** The transports: command names, errors, content addresses. */
import { describe, expect, it } from 'vitest';
import { contentAddress } from '@/ipc/content';
import { readError } from '@/ipc/error';
import { commandName } from '@/ipc/tauri';

it('names commands after methods', () => {
  expect(['accounts.list', 'messages.setRead', 'drafts.attachPaths', 'sync.wait'].map(commandName)).toEqual([
    'accounts_list',
    'messages_set_read',
    'drafts_attach_paths',
    'sync_wait',
  ]);
});

describe('errors off the wire', () => {
  it('keep code and detail', () => {
    expect(readError({ code: 'credentials', message: 'm', detail: 'NO' }).data).toEqual({
      code: 'credentials',
      message: 'm',
      detail: 'NO',
    });
  });
  it.each([[null], ['text'], [{ code: 'strange' }], [new Error('boom')]])('are internal otherwise: %o', (value) => {
    expect(readError(value).code).toBe('internal');
  });
});

it('addresses of the content scheme may be whole or relative', () => {
  expect(contentAddress('mail://localhost', '/f/abc')).toBe('mail://localhost/f/abc');
  expect(contentAddress('mail://localhost', 'http://127.0.0.1:1/f/abc')).toBe('http://127.0.0.1:1/f/abc');
  expect(contentAddress('mail://localhost', '')).toBe('');
});
