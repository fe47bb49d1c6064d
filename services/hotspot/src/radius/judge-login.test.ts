import { describe, expect, it } from '@jest/globals';
import { judgeLogin, type LoginFacts, type LoginRefusal } from './judge-login.ts';

const NOW = new Date('2026-03-01T12:00:00Z');
const BEFORE = new Date(NOW.getTime() - 1);
const AFTER = new Date(NOW.getTime() + 1);
const MAC = '98:01:A7:CB:BB:00';
const GOOD: LoginFacts = {
  validFrom: NOW,
  expiresAt: AFTER,
  uploadLimitBytes: 10n,
  downloadLimitBytes: 20n,
  bytesIn: 9n,
  bytesOut: 19n,
  boundMac: MAC,
  otherDevices: 1,
  devicesAllowed: 2,
};

describe('judgeLogin', () => {
  const cases: [title: string, change: Partial<LoginFacts>, verdict: LoginRefusal | null][] = [
    ['what is within all its limits by a hair', {}, null],
    ['what has no limits', { validFrom: null, expiresAt: null, uploadLimitBytes: null, downloadLimitBytes: null, boundMac: null }, null],
    ['what is valid from the next millisecond on', { validFrom: AFTER }, 'not-yet-valid'],
    ['what has just run out', { expiresAt: NOW }, 'run-out'],
    ['what ran out and is used up', { expiresAt: BEFORE, bytesIn: 10n }, 'run-out'],
    ['an upload limit that is reached', { bytesIn: 10n }, 'data-used-up'],
    ['a download limit that is reached', { bytesOut: 20n }, 'data-used-up'],
    ['much of the one where only the other is limited', { uploadLimitBytes: null, bytesIn: 10n ** 15n }, null],
    ['another device than the bound one', { boundMac: '74:D2:46:AC:EE:11' }, 'other-mac'],
    ['one device too many', { otherDevices: 2 }, 'too-many-devices'],
  ];
  it.each(cases)('%s', (_title, change, verdict) => {
    expect(judgeLogin({ ...GOOD, ...change }, MAC, NOW)).toBe(verdict);
  });

  it('a device that tells no MAC address is not the bound one', () => {
    expect(judgeLogin(GOOD, null, NOW)).toBe('other-mac');
  });
});
