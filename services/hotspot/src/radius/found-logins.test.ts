import { describe, expect, it } from '@jest/globals';
import { createFoundLogins } from './found-logins.ts';
import type { Attempt, FoundLogin } from './login-repository.ts';

const NOW = new Date('2026-03-01T12:00:00Z');
const ATTEMPT: Attempt = { nasId: 1, login: 'guest', mac: '98:01:A7:CB:BB:00', authenticator: 'a'.repeat(32), now: NOW };
const REF = { kind: 'voucher', id: 7 } as const;
// All that the memory looks at.
const LOGINS = [{ kind: 'guest-login', id: 7 }, REF] as unknown as FoundLogin[];

const later = (ms: number) => ({ ...ATTEMPT, now: new Date(NOW.getTime() + ms) });

describe('logins that authorising found', () => {
  it('are there for the same request, once', () => {
    const found = createFoundLogins();
    found.keep(ATTEMPT, LOGINS);
    expect([found.take(later(1_999), REF), found.take(later(1_999), REF)]).toEqual([REF, undefined]);
  });

  it.each<[string, Partial<Attempt>]>([
    ['another request', { authenticator: 'b'.repeat(32) }],
    ['another access point', { nasId: 2 }],
    ['another name', { login: 'other' }],
    ['another device', { mac: null }],
    ['a request without an authenticator', { authenticator: null }],
  ])('are not there for %s', (_title, change) => {
    const found = createFoundLogins();
    found.keep(ATTEMPT, LOGINS);
    found.keep({ ...ATTEMPT, authenticator: null }, LOGINS);
    expect(found.take({ ...ATTEMPT, ...change }, REF)).toBeUndefined();
  });

  it('are there neither for another login nor after two seconds', () => {
    const found = createFoundLogins();
    found.keep(ATTEMPT, LOGINS);
    expect(found.take(ATTEMPT, { kind: 'voucher', id: 8 })).toBeUndefined();
    found.keep(ATTEMPT, LOGINS);
    expect(found.take(later(2_000), REF)).toBeUndefined();
  });

  it('never pile up: of many the oldest are forgotten', () => {
    const found = createFoundLogins();
    const attempts = Array.from({ length: 2_001 }, (_, index) => ({ ...ATTEMPT, authenticator: String(index) }));
    for (const attempt of attempts) found.keep(attempt, LOGINS);
    expect(attempts.map((attempt) => found.take(attempt, REF) !== undefined).indexOf(true)).toBe(1);
  });
});
