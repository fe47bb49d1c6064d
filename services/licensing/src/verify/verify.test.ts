import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ADMIN_TOKEN } from '@gatehouse/testing';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { TestSeller } from '../testing/create-seller.ts';
import { type LicensingApp, startLicensingApp } from '../testing/licensing-app.ts';
import { canonicalJson } from './canonical-json.ts';
import { pruneVerifyUses } from './verify-repository.ts';

let app: LicensingApp;
let seller: TestSeller;

beforeAll(async () => {
  app = await startLicensingApp();
  seller = await app.createSeller();
});
afterAll(() => app.close());

const HOUR_MS = 3_600_000;
const later = (ms: number) => new Date(app.clock().getTime() + ms).toISOString();

describe('POST /keys/verify', () => {
  it('answers 200 with the whole signed answer, needs no API key, and binds the machine', async () => {
    const key = await app.createKey(seller, { validity_minutes: 600, key_name: 'Ann', is_premium: true });
    const answer = await app.verify({ key: key.key_value, hwid: 'machine', nonce: 'n-1' });
    expect(answer.status).toBe(200);
    expect(answer.body).toEqual({
      valid: true,
      code: 'KEY_VALID',
      key: { id: key.id, expires_at: key.expires_at, is_premium: true, service_id: null, key_name: 'Ann' },
      hwid: 'machine',
      nonce: 'n-1',
      service_id: null,
      checked_at: later(0),
      offline_until: key.expires_at,
      kid: expect.any(String),
      signature: expect.any(String),
    });
    expect((await app.call(seller, 'get', `/keys/${key.id}`)).body.key).toMatchObject({
      status: 'active',
      used_at: later(0),
      hwids: [{ hwid: 'machine', bound_by: 'verify' }],
    });
  });

  it('programs may work offline for 72 hours, never past the expiry, and not at all when refused', async () => {
    const forever = await app.createKey(seller, { no_hwid: true });
    expect((await app.verify({ key: forever.key_value })).body.offline_until).toBe(later(72 * HOUR_MS));
    expect((await app.verify({ key: 'ZZZZ-ZZZZ-ZZZZ-ZZZZ' })).body).toMatchObject({
      valid: false,
      code: 'KEY_NOT_FOUND',
      offline_until: null,
    });
  });

  it('time of a key that expires on first use begins with it, once', async () => {
    const key = await app.createKey(seller, { expiry_on_first_use: true, validity_minutes: 60, no_hwid: true });
    const end = later(HOUR_MS);
    expect((await app.verify({ key: key.key_value })).body.key.expires_at).toBe(end);
    app.clock.advance(HOUR_MS / 2);
    expect((await app.verify({ key: key.key_value })).body.key.expires_at).toBe(end);
    app.clock.advance(HOUR_MS / 2);
    expect((await app.verify({ key: key.key_value })).body.code).toBe('KEY_EXPIRED');
  });

  it('the same key, HWID and nonce get the first answer again for ten minutes, whatever happened since', async () => {
    const key = await app.createKey(seller, { one_time_use: true });
    const ask = { key: key.key_value, hwid: 'machine', nonce: 'lost' };
    const first = await app.verify(ask);
    expect(first.body.code).toBe('KEY_VALID');
    expect((await app.verify({ ...ask, nonce: 'other' })).body.code).toBe('KEY_ALREADY_USED');
    await app.call(seller, 'put', `/keys/${key.id}`, { is_invalidated: true });
    app.clock.advance(599_000);
    expect((await app.verify(ask)).text).toBe(first.text);
    app.clock.advance(1000);
    expect((await app.verify(ask)).body.code).toBe('KEY_INVALIDATED');
  });

  it('a refused verdict is repeated too', async () => {
    const key = await app.createKey(seller, { hwid: 'own', hwid_limit: 1 });
    const ask = { key: key.key_value, hwid: 'foreign', nonce: 'n' };
    expect((await app.verify(ask)).body.code).toBe('HWID_MISMATCH');
    await app.call(seller, 'post', `/keys/${key.id}/reset-hwid`);
    expect((await app.verify(ask)).body.code).toBe('HWID_MISMATCH');
    await pruneVerifyUses(app.deps.db, new Date(app.clock().getTime() + 600_000));
    expect((await app.verify(ask)).body.code).toBe('KEY_VALID');
  });

  it('a limit lowered below what is bound keeps the bindings and binds no more', async () => {
    const key = await app.createKey(seller, { hwids: ['a', 'b', 'c'], hwid_limit: 5 });
    expect((await app.call(seller, 'put', `/keys/${key.id}`, { hwid_limit: 2 })).status).toBe(200);
    expect((await app.verify({ key: key.key_value, hwid: 'c' })).body.code).toBe('KEY_VALID');
    expect((await app.verify({ key: key.key_value, hwid: 'd' })).body.code).toBe('HWID_LIMIT_REACHED');
  });

  it('a key of one service is refused to another, and to another seller’s; a key of none fits all of its seller', async () => {
    const other = await app.createSeller();
    const service = async (owner: TestSeller, fields = {}) =>
      (await app.call(owner, 'post', '/services', { name: 'Program', ...fields })).body.service.id as number;
    const [one, two, foreign] = [await service(seller), await service(seller), await service(other)];
    const key = await app.createKey(seller, { service_id: one, no_hwid: true });
    const loose = await app.createKey(seller, { no_hwid: true });
    const code = async (value: string, service_id: number) => (await app.verify({ key: value, service_id })).body.code;
    expect([await code(key.key_value, one), await code(key.key_value, two), await code(key.key_value, foreign)]).toEqual([
      'KEY_VALID',
      'SERVICE_MISMATCH',
      'SERVICE_MISMATCH',
    ]);
    expect([await code(loose.key_value, two), await code(loose.key_value, foreign)]).toEqual(['KEY_VALID', 'SERVICE_MISMATCH']);
    const keyless = await service(seller, { keyless_mode: true });
    const answer = await app.verify({ key: 'anything', service_id: keyless });
    expect(answer.body).toMatchObject({ valid: true, code: 'KEYLESS', service_id: keyless });
    expect(answer.body.key).toBeUndefined();
  });

  it('a banned machine, member or address is refused', async () => {
    const key = await app.createKey(seller);
    await app.call(seller, 'post', '/hwid-bans', { hwid: 'evil' });
    expect((await app.verify({ key: key.key_value, hwid: 'evil' })).body.code).toBe('HWID_BANNED');
    const member = await app.createSeller();
    const { db } = app.deps;
    await db.prisma.licenceKey.update({ where: { id: key.id }, data: { memberId: member.id } });
    await db.prisma.sellerBan.create({ data: { sellerId: seller.id, memberId: member.id } });
    expect((await app.verify({ key: key.key_value, hwid: 'good' })).body.code).toBe('BANNED');
    await db.prisma.addressBan.create({ data: { address: '198.51.100.9', reason: 'test' } });
    const banned = await app.gateway.post('/keys/verify').set('x-forwarded-for', '198.51.100.9').send({ key: 'ZZZZ-ZZZZ-ZZZZ-ZZZZ' });
    expect(banned.body.code).toBe('BANNED');
  });

  it('an address may try 100 unknown keys in ten minutes; known ones are never counted', async () => {
    const key = await app.createKey(seller, { no_hwid: true });
    const ask = (value: string) => app.gateway.post('/keys/verify').set('x-forwarded-for', '198.51.100.10').send({ key: value });
    for (let count = 0; count < 100; count += 1) expect((await ask(`ZZZZ-ZZZZ-ZZZZ-${1000 + count}`)).status).toBe(200);
    const refused = await ask('malformed');
    expect([refused.status, refused.body.code]).toEqual([429, 'RATE_LIMITED']);
    expect(Number(refused.headers['retry-after'])).toBeGreaterThan(0);
    expect((await ask(key.key_value)).body.code).toBe('KEY_VALID');
  });

  it.each([
    [{}, 'key'],
    [{ key: '' }, 'key'],
    [{ key: 5 }, 'key'],
    [{ key: null }, 'key'],
    [{ key: 'k', hwid: '' }, 'hwid'],
    [{ key: 'k', hwid: 'a\nb' }, 'hwid'],
    [{ key: 'k', hwid: '\ud800' }, 'hwid'],
    [{ key: 'k', hwid: 'x'.repeat(256) }, 'hwid'],
    [{ key: 'k', service_id: '1' }, 'service_id'],
    [{ key: 'k', nonce: 'x'.repeat(129) }, 'nonce'],
    [{ key: 'k', extra: 1 }, 'extra'],
  ])('%j is refused by name', async (body, path) => {
    const answer = await app.verify(body);
    expect(answer.status).toBe(400);
    expect(answer.body).toMatchObject({ code: 'INVALID_PARAM', details: [{ path }] });
  });
});

describe('the signature', () => {
  it('is checked by openssl with the published key, over every other member', async () => {
    const key = await app.createKey(seller, { validity_minutes: 60, key_name: 'Zoë "\u2028" 🙂' });
    const { body: answer } = await app.verify({ key: key.key_value, hwid: 'Größe\\1', nonce: 'n-openssl' });
    const { body: published } = await app.call(null, 'get', '/keys/public-key');
    const pem = published.keys.find(({ kid }: { kid: string }) => kid === answer.kid).public_key;
    const { signature, ...signed } = answer;
    expect(checkWithOpenssl(pem, canonicalJson(signed), signature)).toBe(true);
    for (const change of [
      { nonce: 'other' },
      { valid: false },
      { service_id: 7 },
      { hwid: null },
      { offline_until: later(1e9) },
      { kid: 'x' },
    ]) {
      expect(checkWithOpenssl(pem, canonicalJson({ ...signed, ...change }), signature)).toBe(false);
    }
  });

  it('is checked by the lines of Node that the documentation shows', async () => {
    const docs = readFileSync(new URL('../../../../docs/verify-answers.md', import.meta.url), 'utf8');
    const [, code = ''] = /```js\n(.*?)```/s.exec(docs) ?? [];
    const { isTrue } = await import(`data:text/javascript,${encodeURIComponent(code)}`);
    const key = await app.createKey(seller);
    const { body: answer } = await app.verify({ key: key.key_value, hwid: 'machine', nonce: 'n-node' });
    const { keys } = (await app.call(null, 'get', '/keys/public-key')).body;
    const publicKeys = Object.fromEntries(keys.map(({ kid, public_key }: { kid: string; public_key: string }) => [kid, public_key]));
    const own = { nonce: 'n-node', hwid: 'machine', serviceId: null };
    expect(isTrue(answer, publicKeys, own)).toBe(true);
    expect(isTrue(answer, publicKeys, { ...own, hwid: 'other' })).toBe(false);
    expect(isTrue({ ...answer, offline_until: later(1e12) }, publicKeys, own)).toBe(false);
  });

  it('changes with the key pair: operators rotate it, the previous stays published', async () => {
    const before = (await app.verify({ key: 'k' })).body.kid;
    const rotated = await app.gateway.post('/admin/v1/signing-keys').auth(ADMIN_TOKEN, { type: 'bearer' }).send({});
    expect(rotated.status).toBe(201);
    expect((await app.verify({ key: 'k' })).body.kid).toBe(rotated.body.kid);
    const { keys } = (await app.call(null, 'get', '/keys/public-key')).body;
    expect(keys.map(({ kid, is_current }: { kid: string; is_current: boolean }) => [kid, is_current])).toEqual([
      [rotated.body.kid, true],
      [before, false],
    ]);
    expect((await app.call(seller, 'post', '/admin/v1/signing-keys', {})).status).toBe(401);
  });

  it('private keys are not readable in the database', async () => {
    for (const { privateKey } of await app.deps.db.prisma.signingKey.findMany()) {
      // The ASN.1 of every Ed25519 private key begins so (RFC 8410).
      expect(Buffer.from(privateKey).includes(Buffer.from('302e020100300506032b6570', 'hex'))).toBe(false);
    }
  });
});

function checkWithOpenssl(pem: string, signed: string, signature: string): boolean {
  const folder = mkdtempSync(join(tmpdir(), 'gatehouse-signature-'));
  const file = (name: string, content: string | Buffer) => {
    writeFileSync(join(folder, name), content);
    return join(folder, name);
  };
  try {
    const check = ['pkeyutl', '-verify', '-pubin', '-inkey', file('key.pem', pem), '-rawin', '-in', file('answer', signed)];
    execFileSync('openssl', [...check, '-sigfile', file('signature', Buffer.from(signature, 'base64'))], { stdio: 'pipe' });
    return true;
  } catch {
    return false;
  } finally {
    rmSync(folder, { recursive: true });
  }
}
