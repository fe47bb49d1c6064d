import { randomBytes, randomUUID } from 'node:crypto';
import { Secret, TOTP } from 'otpauth';
import { createApiClient } from '../demo/api-client.ts';

/** Every secret that a person, a program or an operator holds, real ones, to be looked for afterwards. */
export interface PlantedWorld {
  readonly secrets: Map<string, string>;
  readonly email: string;
  readonly password: string;
  readonly userId: number;
  readonly restApiKey: string;
  readonly phpstrapToken: string;
  readonly altercpaKey: string;
  readonly siteApiKey: string;
  readonly session: string;
  readonly licenceKey: string;
}

/** A word that is nowhere else. */
export function plant(): string {
  return `Planted${randomBytes(12).toString('hex')}`;
}

/** Makes what the calls need, as operators and people do, and remembers every secret on the way. */
export async function makePlantedWorld(baseUrl: string, adminToken: string): Promise<PlantedWorld> {
  const api = createApiClient(baseUrl);
  const secrets = new Map<string, string>();
  const keep = (what: string, secret: string) => {
    secrets.set(what, secret);
    return secret;
  };
  const admin = <T>(method: string, path: string, body: object = {}) => api.call<T>(method, path, { token: adminToken, body });
  const email = 'planted@example.com';
  const password = keep('a password', plant());
  const { id } = await admin<{ id: number }>('POST', '/admin/v1/users', { name: 'P', email, password });
  const credential = async (kind: string) => {
    const body = { kind, ...(kind === 'rest-api' ? { scopes: ['rest-api:*'] } : {}) };
    return keep(kind, (await admin<{ secret: string }>('POST', `/admin/v1/users/${id}/credentials`, body)).secret);
  };
  const restApiKey = await credential('rest-api');
  const world = {
    email,
    password,
    userId: id,
    restApiKey,
    phpstrapToken: await credential('phpstrap'),
    altercpaKey: await credential('altercpa'),
  };

  const { provider } = await api.call<{ provider: { id: number } }>('POST', '/providers', { token: restApiKey, body: { name: 'P' } });
  const made = await api.call<{ key: { id: number; key_value: string } }>('POST', '/keys', {
    token: restApiKey,
    body: { provider_id: provider.id },
  });
  // Stored readable, since it is searched by part (README of the contracts): the dump leaves that column out.
  const licenceKey = keep('a licence key', made.key.key_value);
  await admin('PUT', `/admin/v1/licences/${made.key.id}/member`, { user_id: id });

  const { token: session } = await api.call<{ token: string }>('POST', '/accounts/v1/sign-in', { body: { email, password } });
  keep('a session', session);
  const { secret } = await api.call<{ secret: string }>('POST', '/accounts/v1/two-step', { token: session });
  keep('a two-step secret', secret);
  const code = new TOTP({ secret: Secret.fromBase32(secret) }).generate();
  const { recovery_codes: codes } = await api.call<{ recovery_codes: string[] }>('POST', '/accounts/v1/two-step/confirm', {
    token: session,
    body: { code },
  });
  for (const [index, recovery] of codes.entries()) keep(`recovery code ${index}`, recovery);

  const site = await admin<{ id: number }>('POST', '/admin/v1/sites', { name: 'P', timezone: 'UTC' });
  await admin('PATCH', `/admin/v1/sites/${site.id}`, { api_enabled: true });
  const siteApiKey = keep('a site key', (await admin<{ secret: string }>('POST', `/admin/v1/sites/${site.id}/api-keys`)).secret);
  await admin('POST', `/admin/v1/sites/${site.id}/nas`, { name: 'ap', address: '192.0.2.1', secret: keep('a NAS secret', plant()) });
  const voucher = { 'api-key': siteApiKey, action: 'create_voucher', username: 'guest1', passcode: keep('a passcode', 'Pw7xQ2m9Zr5t') };
  await api.call('POST', '/api/', { body: voucher });
  // Handed in, and never taken.
  const waiting = { line: 2, values: { username: 'guest2', passcode: keep('a passcode that waits to be imported', plant()) } };
  await admin('POST', `/admin/v1/imports/vouchers/${randomUUID()}/rows`, { rows: [waiting] });
  return { secrets, ...world, siteApiKey, session, licenceKey };
}
