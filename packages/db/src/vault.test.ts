import { randomBytes } from 'node:crypto';
import { describe, expect, it } from '@jest/globals';
import { createVault, VaultError } from './vault.ts';

const dataKey = randomBytes(32);
const vault = createVault(dataKey);

describe('a sealed value', () => {
  it.each([
    ['text', 'pässwörd 🔑'],
    ['nothing', ''],
    ['a long text', 'x'.repeat(100_000)],
  ])('opens again: %s', (_what, plain) => {
    expect(vault.open(vault.seal(plain, 'voucher:1'), 'voucher:1').toString('utf8')).toBe(plain);
  });

  it('opens as the bytes it was made of, also from a view into a larger buffer', () => {
    const plain = randomBytes(40);
    const framed = Buffer.concat([randomBytes(7), vault.seal(plain.subarray(3, 20), 'x'), randomBytes(5)]);
    expect(vault.open(new Uint8Array(framed.buffer, framed.byteOffset + 7, framed.length - 12), 'x')).toEqual(plain.subarray(3, 20));
  });

  it('never looks the same twice and shows nothing of its text', () => {
    const [one, two] = [vault.seal('secret', 'x'), vault.seal('secret', 'x')];
    expect(one.equals(two)).toBe(false);
    expect(one.includes('secret')).toBe(false);
  });

  it('does not open in another place', () => {
    expect(() => vault.open(vault.seal('secret', 'totp:1'), 'totp:2')).toThrow(VaultError);
  });

  it('does not open when any byte was changed, or the end is missing', () => {
    const sealed = vault.seal('secret', 'x');
    for (let index = 0; index < sealed.length; index += 1) {
      const changed = Buffer.from(sealed);
      changed[index] = (changed[index] ?? 0) ^ 1;
      expect(() => vault.open(changed, 'x')).toThrow(VaultError);
      expect(() => vault.open(sealed.subarray(0, index), 'x')).toThrow(VaultError);
    }
  });

  it('opens after a rotation with the previous key given, and not without it', () => {
    const sealed = vault.seal('secret', 'x');
    const [nextKey, rotated] = [randomBytes(32), (key: Buffer) => createVault(key, [dataKey])];
    const next = rotated(nextKey);
    expect(next.open(sealed, 'x').toString()).toBe('secret');
    expect(next.isCurrent(sealed)).toBe(false);
    expect(next.isCurrent(next.seal('secret', 'x'))).toBe(true);
    expect(() => createVault(nextKey).open(sealed, 'x')).toThrow('another DATA_KEY');
  });
});

describe('a derived key', () => {
  it('is the same for a purpose at every start, and another for every purpose and DATA_KEY', () => {
    expect(vault.derive('audit')).toEqual(createVault(dataKey).derive('audit'));
    expect(vault.derive('audit')).not.toEqual(vault.derive('tokens'));
    expect(vault.derive('audit')).not.toEqual(createVault(randomBytes(32)).derive('audit'));
    expect(vault.derive('audit')).toHaveLength(32);
  });

  it('is known from before a rotation', () => {
    const next = createVault(randomBytes(32), [dataKey]);
    expect(next.deriveAll('audit')).toEqual([next.derive('audit'), vault.derive('audit')]);
  });
});

it('refuses a DATA_KEY that is too short, without repeating it', () => {
  expect(() => createVault(Buffer.from('short'))).toThrow('DATA_KEY must be 32 bytes, and is 5.');
});
