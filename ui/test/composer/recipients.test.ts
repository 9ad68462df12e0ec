/** Recipients: what ends an address, what is valid, what is added twice. */
import { describe, expect, it } from 'vitest';
import { added, addedTo, chipsOf, editable, endsAddress, looksValid, offersOf } from '@/state/recipients';

const address = (email: string, name = '') => ({ name, email });

describe('recipients', () => {
  it.each([
    ['ann@example.org', true],
    ['张伟@例子.example', true],
    ['a..b@docomo.ne.jp', true],
    ['ann@[192.0.2.1]', true],
    ['ann@host', false],
    ['ann', false],
    ['ann@ example.org', false],
    ['ann@example.org,bob@example.org', false],
  ])('%s can be right: %s', (email, valid) => {
    expect(looksValid(address(email))).toBe(valid);
  });

  it('adds each address once, whatever its case', () => {
    const chips = added(
      chipsOf([address('ann@example.org')]),
      chipsOf([address('ANN@example.org'), address('bob@example.org')]),
    );
    expect(chips.map((chip) => chip.address.email)).toEqual(['ann@example.org', 'bob@example.org']);
  });

  it('offers groups first, and nobody who is there already', () => {
    const team = { id: 3, name: 'Team', members: [address('ann@example.org'), address('bob@example.org')] };
    const keys = (there: string[]) =>
      offersOf(
        [address('Ann@example.org'), address('eva@example.org')],
        [team],
        chipsOf(there.map((one) => address(one))),
      ).map((offer) => offer.key);
    expect(keys([])).toEqual(['group:3', 'Ann@example.org', 'eva@example.org']);
    expect(keys(['ann@example.org'])).toEqual(['group:3', 'eva@example.org']);
    expect(keys(['BOB@example.org', 'ann@example.org', 'eva@example.org'])).toEqual([]);
  });

  it('has each address in one field: the one it was put into last', () => {
    const before = {
      to: chipsOf([address('ann@example.org'), address('bob@example.org')]),
      cc: chipsOf([address('eva@example.org')]),
      bcc: [],
    };
    const after = addedTo(before, 'bcc', chipsOf([address('ANN@example.org'), address('eva@example.org')]));
    const emails = Object.entries(after).map(([field, chips]) => [field, chips.map((chip) => chip.address.email)]);
    expect(Object.fromEntries(emails)).toEqual({
      to: ['bob@example.org'],
      cc: [],
      bcc: ['ANN@example.org', 'eva@example.org'],
    });
  });

  it('ends an address at a comma, but not inside quotes', () => {
    expect(endsAddress(',', 'ann@example.org')).toBe(true);
    expect(endsAddress('，', 'ann@example.org')).toBe(true);
    expect(endsAddress(',', '"Herrera')).toBe(false);
    expect(endsAddress('Enter', '  ')).toBe(false);
    expect(endsAddress('Tab', '')).toBe(false);
  });

  it('gives a chip back as text that reads the same', () => {
    expect(editable(address('t@example.org', 'Herrera, Tomas'))).toBe('"Herrera, Tomas" <t@example.org>');
    expect(editable(address('t@example.org'))).toBe('t@example.org');
    expect(editable(address('z@example.org', '张伟'))).toBe('张伟 <z@example.org>');
  });
});
