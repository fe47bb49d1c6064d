import { describe, expect, it } from '@jest/globals';
import { createCredentialCache } from './credential-cache.ts';
import type { Principal } from './principal.ts';
import { hashToken } from './token.ts';
import { versionOf } from './version-names.ts';

describe('a credential cache', () => {
  it('looks principals up by the hash, and remembers them by it', async () => {
    const token = 'planted-token';
    const principal: Principal = { kind: 'user', id: 12, scopes: [], credentialId: 3, via: 'phpstrap', subject: null };
    const asked: Buffer[] = [];
    const cache = createCredentialCache({
      versions: { maxAgeMs: 5000, epoch: () => 0, read: async (names) => names.map(() => '0') },
      lookup: async (hash) => {
        asked.push(hash);
        return hash.equals(hashToken(token)) ? principal : null;
      },
      namesOf: ({ id }) => [versionOf.user(id)],
    });
    for (let call = 0; call < 5; call += 1) expect(await cache.get(hashToken(token))).toBe(principal);
    expect(asked).toHaveLength(2);
    expect(asked.every((hash) => hash.equals(hashToken(token)))).toBe(true);
    expect(cache.hint(hashToken(token))).toBe(principal);
    expect(await cache.get(hashToken('another'))).toBeNull();
    expect(cache.size()).toBe(1);
  });
});
