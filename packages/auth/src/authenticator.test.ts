import { Fault } from '@gatehouse/faults';
import { describe, expect, it } from '@jest/globals';
import { createAuthenticator } from './authenticator.ts';
import { type CredentialRequest, type CredentialStyle, EXTRACTORS } from './extract-credential.ts';
import type { Principal } from './principal.ts';

const principalOf = (id: number): Principal => ({ kind: 'user', id, scopes: [], credentialId: id, via: 'test', subject: null });

/** Knows `7-token` to `999-token`, answers the later asked the sooner, and fails on `1-down` and `1-throws`. */
const lookup = (token: string): Promise<Principal | null> => {
  if (token === '1-throws') throw new Fault('DATABASE_DOWN');
  return (async () => {
    const id = Number(/^(\d+)-token$/.exec(token)?.[1]);
    for (let turn = 0; turn < 1000 - id; turn += 1) await undefined;
    if (token === '1-down') throw new Fault('DATABASE_DOWN');
    return id >= 7 ? principalOf(id) : null;
  })();
};

/** A request that carries `token` where `style` has it. */
const carrying = (style: CredentialStyle, token: string | undefined): CredentialRequest => {
  const parameter = { 'web-api': 'key', hotspot: 'api-key', altercpa: 'id' }[style as string];
  if (token === undefined) return { method: 'GET', headers: {}, query: {} };
  return parameter === undefined
    ? { method: 'GET', headers: { authorization: `Bearer ${token}` }, query: {} }
    : { method: 'GET', headers: {}, query: { [parameter]: token } };
};

describe.each(Object.keys(EXTRACTORS) as CredentialStyle[])('authentication in the style of %s', (style) => {
  const callers = createAuthenticator({ style, lookup });
  const faultOf = (token: string | undefined): Promise<unknown> =>
    callers.authenticate(carrying(style, token)).then(
      () => 'passed',
      (error: unknown) => (error instanceof Fault ? error.code : error),
    );

  it('a known token gives its principal', async () => {
    expect(await callers.authenticate(carrying(style, '7-token'))).toEqual(principalOf(7));
  });

  it('no token, an unknown one and a malformed one are told apart as documented', async () => {
    expect(await faultOf(undefined)).toBe('NO_CREDENTIAL');
    expect(await faultOf('1-token')).toBe('BAD_CREDENTIAL');
    expect(await faultOf(`1-${'x'.repeat(600)}`)).toBe('BAD_CREDENTIAL');
  });

  it('a database that is down is not a wrong credential', async () => {
    expect(await faultOf('1-down')).toBe('DATABASE_DOWN');
    expect(await faultOf('1-throws')).toBe('DATABASE_DOWN');
  });

  it('500 callers at once are each themselves', async () => {
    const ids = Array.from({ length: 500 }, (_, index) => 7 + index);
    const found = await Promise.all(ids.map((id) => callers.authenticate(carrying(style, `${id}-token`))));
    expect(found.map(({ id }) => id)).toEqual(ids);
  });

  it('an attempt tells the same without throwing', async () => {
    expect(await callers.attempt(carrying(style, '7-token'))).toEqual({ principal: principalOf(7), fault: null });
    expect(await callers.attempt(carrying(style, '1-token'))).toMatchObject({ principal: null, fault: { code: 'BAD_CREDENTIAL' } });
  });

  it('access_token is taken nowhere, alone or beside a wrong credential', async () => {
    const smuggled = { query: { access_token: '7-token' }, body: { access_token: '7-token' } };
    for (const method of ['GET', 'POST']) {
      await expect(callers.authenticate({ method, headers: {}, ...smuggled })).rejects.toMatchObject({ code: 'NO_CREDENTIAL' });
    }
  });

  it('the request is left as it was', async () => {
    const request = carrying(style, '7-token');
    const before = Object.keys(request);
    await callers.authenticate(request);
    expect(Object.keys(request)).toEqual(before);
  });

  it('no fault holds the token', async () => {
    const { fault } = await callers.attempt(carrying(style, '1-planted'));
    expect(JSON.stringify([fault?.message, fault?.options])).not.toContain('planted');
  });
});

describe('the challenge of a 401', () => {
  it.each(['keys', 'phpstrap', 'bearer'] as const)('%s tells that Bearer is the way', async (style) => {
    const callers = createAuthenticator({ style, lookup });
    const headersFor = async (token?: string): Promise<unknown> => (await callers.attempt(carrying(style, token))).fault?.options.headers;
    expect(await headersFor()).toEqual({ 'www-authenticate': 'Bearer realm="gatehouse"' });
    expect(await headersFor('1-token')).toEqual({ 'www-authenticate': 'Bearer realm="gatehouse", error="invalid_token"' });
  });

  it.each(['web-api', 'altercpa', 'hotspot'] as const)('%s, which does not answer in headers, has none', async (style) => {
    const { fault } = await createAuthenticator({ style, lookup }).attempt(carrying(style, undefined));
    expect(fault?.options.headers).toBeUndefined();
  });
});
