/** Messages of a mail frame: checked before they are believed. */
import { describe, expect, it } from 'vitest';
import { claimedHost, linkDoubt, linkTarget } from '@/feature/reader/frame';
import { readFrameMessage } from '@/ipc/frame';

describe('links', () => {
  it.each([
    ['https://bank.example/login', 'Sign in', null],
    ['https://bank.example/', 'https://bank.example/', null],
    ['https://www.bank.example/', 'bank.example', null],
    ['https://login.bank.example/', 'bank.example', null],
    ['https://evil.example/', 'https://bank.example/', 'mismatch'],
    ['https://bank.example.evil.example/', 'bank.example', 'mismatch'],
    ['https://evilbank.example/', 'bank.example', 'mismatch'],
    ['https://xn--bnk-0na.example/', 'our bank', 'odd'],
    ['mailto:a@b.example', 'bank.example', null],
  ])('%s shown as %s', (href, text, doubt) => expect(linkDoubt(href, text)).toBe(doubt));

  it('open only the web and mail', () => {
    for (const href of ['javascript:alert(1)', 'file:///etc/passwd', 'data:text/html,x', 'posthorn://x', 'nonsense']) {
      expect(linkTarget(href)).toBeNull();
    }
    expect(linkTarget('mailto:a%40b@c.example')?.host).toBe('a@b@c.example');
  });

  it('claim a host only when the text is one', () => {
    expect(claimedHost('Visit bank.example today')).toBeNull();
    expect(claimedHost(' https://Bank.Example/x ')).toBe('bank.example');
    expect(claimedHost('例子.测试')).toBe('例子.测试');
  });
});

describe('what a frame says', () => {
  it('is read when it is well-formed', () => {
    expect(readFrameMessage({ kind: 'height', px: 399 })).toEqual({ kind: 'height', px: 399 });
    expect(readFrameMessage({ kind: 'link', href: 'https://a.example', text: 'a', open: true, more: 1 })).toEqual({
      kind: 'link',
      href: 'https://a.example',
      text: 'a',
      open: true,
    });
  });

  it.each([
    null,
    'height',
    {},
    { kind: 'run' },
    { kind: 'height' },
    { kind: 'height', px: -1 },
    { kind: 'height', px: '9' },
    { kind: 'height', px: Infinity },
  ])('is dropped otherwise: %o', (data) => expect(readFrameMessage(data)).toBeNull());

  it('cannot be endless', () => {
    const said = readFrameMessage({ kind: 'selection', html: 'x'.repeat(1_000_000), text: 7 });
    expect(said).toMatchObject({ kind: 'selection', text: '' });
    expect(said?.kind === 'selection' && said.html.length).toBe(200_000);
  });
});
