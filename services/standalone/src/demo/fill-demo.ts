import { randomBytes } from 'node:crypto';
import { Secret, TOTP } from 'otpauth';
import { type ApiClient, ApiRefusal } from './api-client.ts';
import type { DemoState } from './demo-state.ts';

const YEAR_MS = 365 * 24 * 60 * 60 * 1000;
const MONTH_MS = 30 * 24 * 60 * 60 * 1000;

/** Makes the demo's people, keys, site and vouchers, through the same APIs that an operator uses. */
export async function fillDemo(api: ApiClient, adminToken: string, now: Date): Promise<DemoState> {
  const operator = { token: adminToken };
  const sellerId = await addUser(api, adminToken, {
    name: 'Sam Seller',
    email: 'seller@demo.example',
    plan: 'reseller',
    membership: { status: 'lifetime' },
  });
  const password = randomBytes(18).toString('base64url');
  const memberId = await addUser(api, adminToken, {
    name: 'Mia Member',
    email: 'member@demo.example',
    password,
    credits: 100,
    membership: { status: 'premium', expires_at: new Date(now.getTime() + YEAR_MS).toISOString() },
  });
  await addUser(api, adminToken, { name: 'Finn Free', email: 'free@demo.example' });
  const restApiKey = await addCredential(api, adminToken, sellerId, { kind: 'rest-api', scopes: ['rest-api:*'], name: 'demo' });
  const phpstrapToken = await addCredential(api, adminToken, memberId, { kind: 'phpstrap' });
  const altercpaKey = await addCredential(api, adminToken, memberId, { kind: 'altercpa' });
  const licenceKey = await addKeys(api, restApiKey, adminToken, memberId);
  await turnOnTwoStep(api, password);
  const site = await api.call<{ id: number }>('POST', '/admin/v1/sites', {
    ...operator,
    body: { name: 'Demo Café', timezone: 'Europe/Berlin' },
  });
  await api.call('PATCH', `/admin/v1/sites/${site.id}`, { ...operator, body: { api_enabled: true } });
  const siteApiKey = await addSiteKey(api, adminToken, site.id);
  for (const valid_for of ['1 hour', '1 day', 'always']) {
    await api.call('POST', '/api/', { body: { 'api-key': siteApiKey, action: 'create_voucher', valid_for } });
  }
  return { sellerId, memberId, siteId: site.id, licenceKey, restApiKey, phpstrapToken, altercpaKey, siteApiKey };
}

/**
 * Renews what of the demo has run out since, or will within a month: the membership, secrets that were revoked, the member's
 * activity and Session.
 * @returns the state with the secrets that hold now
 */
export async function renewDemo(api: ApiClient, adminToken: string, state: DemoState, now: Date): Promise<DemoState> {
  const isMemberGood = await holdsForAMonth(api, state.phpstrapToken, now);
  if (!isMemberGood) await renewMember(api, adminToken, state.memberId, now);
  const restApiKey = await keepOr(
    () => api.call('GET', '/keys?limit=1', { token: state.restApiKey }),
    state.restApiKey,
    () => addCredential(api, adminToken, state.sellerId, { kind: 'rest-api', scopes: ['rest-api:*'], name: 'demo' }),
  );
  const phpstrapToken = isMemberGood
    ? state.phpstrapToken
    : await keepOr(
        () => api.call('GET', '/api/v1/me.php', { token: state.phpstrapToken }),
        state.phpstrapToken,
        () => addCredential(api, adminToken, state.memberId, { kind: 'phpstrap' }),
      );
  const isAltercpaGood = async () => {
    const { status } = await api.call<{ status: string }>('GET', '/api/profile/info.json', { token: state.altercpaKey });
    if (status !== 'ok') throw new ApiRefusal('GET', '/api/profile/info.json', 401, status);
  };
  const altercpaKey = await keepOr(isAltercpaGood, state.altercpaKey, () =>
    addCredential(api, adminToken, state.memberId, { kind: 'altercpa' }),
  );
  const list = () => api.call('POST', '/api/', { body: { 'api-key': state.siteApiKey, action: 'get_voucher_users', per_page: 1 } });
  const siteApiKey = await keepOr(list, state.siteApiKey, () => addSiteKey(api, adminToken, state.siteId));
  const session = { key: state.licenceKey, hwid: 'demo-machine' };
  const openSession = () => api.call('POST', '/sessions', { body: session });
  const licenceKey = await keepOr(openSession, state.licenceKey, () => addKeys(api, restApiKey, adminToken, state.memberId));
  if (licenceKey !== state.licenceKey) await api.call('POST', '/sessions', { body: { ...session, key: licenceKey } });
  return { ...state, restApiKey, phpstrapToken, altercpaKey, siteApiKey, licenceKey };
}

/** Whether a token is good, and its holder premium for a month at least: then there is nothing to renew, as at most starts. */
async function holdsForAMonth(api: ApiClient, token: string, now: Date): Promise<boolean> {
  try {
    const { data } = await api.call<{ data: { membership: { status: string; expires: string | null } } }>('GET', '/api/v1/me.php', {
      token,
    });
    const { status, expires } = data.membership;
    return status === 'premium' && Date.parse(`${expires}Z`) > now.getTime() + MONTH_MS;
  } catch (error) {
    throwUnlessRunOut(error);
    return false;
  }
}

async function renewMember(api: ApiClient, adminToken: string, memberId: number, now: Date): Promise<void> {
  const body = {
    is_active: true,
    banned: false,
    membership: { status: 'premium', expires_at: new Date(now.getTime() + YEAR_MS).toISOString() },
  };
  await api.call('PATCH', `/admin/v1/users/${memberId}`, { token: adminToken, body });
}

async function keepOr(check: () => Promise<unknown>, kept: string, renew: () => Promise<string>): Promise<string> {
  try {
    await check();
    return kept;
  } catch (error) {
    throwUnlessRunOut(error);
    return renew();
  }
}

/** A refusal says that something has run out; too many calls at the moment, or a failure, say nothing. */
function throwUnlessRunOut(error: unknown): void {
  if (!(error instanceof ApiRefusal) || error.status >= 500 || error.status === 429) throw error;
}

/** Makes a user; one that a first start left behind half done is made anew. */
async function addUser(
  api: ApiClient,
  token: string,
  body: { readonly email: string; readonly [member: string]: unknown },
): Promise<number> {
  const create = () => api.call<{ id: number }>('POST', '/admin/v1/users', { token, body });
  try {
    return (await create()).id;
  } catch (error) {
    if (!(error instanceof ApiRefusal) || error.status !== 409) throw error;
  }
  const { items } = await api.call<{ items: { id: number }[] }>('GET', `/admin/v1/users?email=${encodeURIComponent(body.email)}`, {
    token,
  });
  for (const { id } of items) await api.call('DELETE', `/admin/v1/users/${id}`, { token });
  return (await create()).id;
}

async function addCredential(api: ApiClient, token: string, userId: number, body: object): Promise<string> {
  const { secret } = await api.call<{ secret: string }>('POST', `/admin/v1/users/${userId}/credentials`, { token, body });
  return secret;
}

async function addSiteKey(api: ApiClient, token: string, siteId: number): Promise<string> {
  const { secret } = await api.call<{ secret: string }>('POST', `/admin/v1/sites/${siteId}/api-keys`, { token });
  return secret;
}

/** A provider with keys, one of which belongs to the member. */
async function addKeys(api: ApiClient, restApiKey: string, adminToken: string, memberId: number): Promise<string> {
  const seller = { token: restApiKey };
  const { provider } = await api.call<{ provider: { id: number } }>('POST', '/providers', { ...seller, body: { name: 'Demo shop' } });
  const { service } = await api.call<{ service: { id: number } }>('POST', '/services', { ...seller, body: { name: 'Demo app' } });
  const common = { provider_id: provider.id, service_id: service.id };
  await api.call('POST', '/keys/batch', {
    ...seller,
    body: { ...common, amount: 5, key_name: 'trial', validity_minutes: 10_080, expiry_on_first_use: true },
  });
  const { key } = await api.call<{ key: { id: number; key_value: string } }>('POST', '/keys', {
    ...seller,
    body: { ...common, key_name: 'member', is_premium: true },
  });
  await api.call('PUT', `/admin/v1/licences/${key.id}/member`, { token: adminToken, body: { user_id: memberId } });
  return key.key_value;
}

/** The Web API asks for two-step: the member signs in and turns it on, as a person would with an authenticator app. */
async function turnOnTwoStep(api: ApiClient, password: string): Promise<void> {
  const body = { email: 'member@demo.example', password };
  const { token } = await api.call<{ token: string }>('POST', '/accounts/v1/sign-in', { body });
  const { secret } = await api.call<{ secret: string }>('POST', '/accounts/v1/two-step', { token });
  const code = new TOTP({ secret: Secret.fromBase32(secret) }).generate();
  await api.call('POST', '/accounts/v1/two-step/confirm', { token, body: { code } });
}
