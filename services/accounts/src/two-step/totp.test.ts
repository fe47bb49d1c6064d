import { describe, expect, it } from '@jest/globals';
import { Secret } from 'otpauth';
import { findTotpStep, newTotpSecret, otpauthUrl } from './totp.ts';

// RFC 6238, appendix B, SHA-1: the last six of its eight digits.
const RFC_SECRET = Secret.fromLatin1('12345678901234567890').base32;
const at = (seconds: number) => new Date(seconds * 1000);

describe('codes of authenticators', () => {
  it.each([
    [59, '287082', 1],
    [1_111_111_109, '081804', 37_037_036],
    [1_234_567_890, '005924', 41_152_263],
    [20_000_000_000, '353130', 666_666_666],
  ])("at %i seconds the RFC's code %s is taken", (seconds, code, step) => {
    expect(findTotpStep(RFC_SECRET, code, at(seconds))).toBe(step);
  });

  it('a code is taken one step early or late, and not further off', () => {
    const stepAt = (seconds: number) => findTotpStep(RFC_SECRET, '081804', at(seconds));
    expect([1_111_111_049, 1_111_111_050, 1_111_111_139, 1_111_111_140].map(stepAt)).toEqual([null, 37_037_036, 37_037_036, null]);
  });

  it.each(['', '81804', '0818040', 'abcdef', '۰۸۱۸۰۴', '-81804', '8.1804', ' 081804'])('%j is no code', (code) => {
    expect(findTotpStep(RFC_SECRET, code, at(1_111_111_109))).toBeNull();
  });

  it('a new secret has 160 bits and can be read from the URL', () => {
    const secret = newTotpSecret();
    expect(Secret.fromBase32(secret).bytes).toHaveLength(20);
    const url = new URL(otpauthUrl(secret, 'ann+x@example.com'));
    expect([url.protocol, url.host, decodeURIComponent(url.pathname)]).toEqual(['otpauth:', 'totp', '/Gatehouse:ann+x@example.com']);
    expect(Object.fromEntries(url.searchParams)).toMatchObject({
      secret,
      issuer: 'Gatehouse',
      algorithm: 'SHA1',
      digits: '6',
      period: '30',
    });
  });
});
