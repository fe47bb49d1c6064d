import { describe, expect, it } from '@jest/globals';
import { createTokenCheck, hashToken, isSameHash, last4, newToken } from './token.ts';

describe('tokens', () => {
  it('have the documented forms, and no two are the same', () => {
    expect(newToken('psk_')).toMatch(/^psk_[0-9a-f]{48}$/);
    expect(newToken('', 20)).toMatch(/^[0-9a-f]{40}$/);
    expect(new Set(Array.from({ length: 1000 }, () => newToken(''))).size).toBe(1000);
  });

  it('below 160 bits there are none', () => {
    expect(() => newToken('', 19)).toThrow(RangeError);
  });

  it('are stored as SHA-256', () => {
    expect(hashToken('abc').toString('hex')).toBe('ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad');
  });

  it('hashes are the same or not, whatever their lengths', () => {
    expect(isSameHash(hashToken('a'), hashToken('a'))).toBe(true);
    expect(isSameHash(hashToken('a'), hashToken('b'))).toBe(false);
    expect(isSameHash(hashToken('a'), Buffer.alloc(0))).toBe(false);
  });

  it('show four characters at most, and nothing when they are short', () => {
    expect(last4('psk_0123456789abcdef')).toBe('cdef');
    expect(last4('short')).toBe('');
  });

  it('the configured token passes its check, and nothing else does', () => {
    const check = createTokenCheck('the-configured-token');
    expect(check('the-configured-token')).toBe(true);
    for (const wrong of ['', 'the-configured-toke', 'the-configured-token ', 'THE-CONFIGURED-TOKEN']) expect(check(wrong)).toBe(false);
    expect(() => createTokenCheck('')).toThrow(RangeError);
  });
});
