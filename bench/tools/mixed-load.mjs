import { makeTokenHolder } from '../cases/me.mjs';
import { createDatabase } from './databases.mjs';
import { startHouse } from './house.mjs';
import { prepareLoad } from './load.mjs';
import { makeBoundKeys, makeSeller } from './seller.mjs';

/** Gatehouse in its processes, with a load that calls all of them in turn. */
export async function startMixedHouse() {
  const database = await createDatabase();
  const house = await startHouse({ databaseUrl: database.url });
  const seller = await makeSeller(house);
  const token = await makeTokenHolder(house, database, 'bench');
  const keys = await makeBoundKeys(database, seller, 1_000);
  const site = await house.call('POST', '/admin/v1/sites', { name: 'Bench', timezone: 'Europe/Berlin', api_enabled: true });
  const { secret: siteApiKey } = await house.call('POST', `/admin/v1/sites/${site.id}/api-keys`);
  const json = { 'content-type': 'application/json' };
  const load = prepareLoad(
    house.url,
    keys.flatMap((key) => [
      { path: '/api/v1/me.php', headers: { authorization: `Bearer ${token}` } },
      { path: `/keys?limit=10&hwid=${key.hwid.slice(-3)}`, headers: { authorization: `Bearer ${seller.apiKey}` } },
      { method: 'POST', path: '/keys/verify', headers: json, body: JSON.stringify({ ...key, nonce: '[<id>]' }) },
      { method: 'POST', path: '/api/', headers: json, body: JSON.stringify({ 'api-key': siteApiKey, action: 'create_voucher' }) },
    ]),
  );
  return { house, load, database };
}
