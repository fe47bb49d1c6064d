// The bare statement that makes 100 keys, again and again, 32 under way on as many connections as a service has. Prints what came of it.
import { randomBytes } from 'node:crypto';
import pg from 'pg';
import { inFlight } from '../tools/in-flight.mjs';

const [, , connectionString = '', userId, providerId, seconds] = process.argv;
const CONNECTIONS = 10;
const pool = new pg.Pool({ connectionString, max: CONNECTIONS });

const sample = await inFlight(32, Number(seconds), async () => {
  const values = Array.from({ length: 100 }, drawValue);
  const { rowCount } = await pool.query({
    name: 'batch',
    text: `INSERT INTO licence_keys (key_value, user_id, provider_id)
           SELECT value, $1, $2 FROM unnest($3::text[]) AS value RETURNING id, key_value, created_at`,
    values: [userId, providerId, values],
  });
  return rowCount === 100;
});
await pool.end();
console.log(JSON.stringify(sample));

function drawValue() {
  return randomBytes(8)
    .toString('hex')
    .toUpperCase()
    .replace(/(.{4})(?=.)/g, '$1-');
}
