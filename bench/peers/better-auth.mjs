// better-auth's api-key plugin behind bare node:http: POST {"key"} verifies. With REDIS_URL keys are kept in Redis too. Fills its
// own tables with KEYS keys first: key number i is `bench-` and i in ten digits.
import { createHash } from 'node:crypto';
import { createServer } from 'node:http';
import { apiKey } from '@better-auth/api-key';
import { betterAuth } from 'better-auth';
import { getMigrations } from 'better-auth/db/migration';
import { Redis } from 'ioredis';
import pg from 'pg';

const pool = new pg.Pool({ connectionString: process.env.DATABASE_URL, max: 20 });
const options = {
  database: pool,
  secret: 'bench-secret-bench-secret-bench-secret',
  baseURL: 'http://127.0.0.1',
  logger: { level: 'error' },
  telemetry: { enabled: false },
  plugins: [
    apiKey({ rateLimit: { enabled: false }, ...(process.env.REDIS_URL ? { storage: 'secondary-storage', fallbackToDatabase: true } : {}) }),
  ],
  ...(process.env.REDIS_URL ? { secondaryStorage: openStorage(new Redis(process.env.REDIS_URL)) } : {}),
};
await (await getMigrations(options)).runMigrations();
await fill(Number(process.env.KEYS));
const auth = betterAuth(options);

createServer(async (request, response) => {
  if (request.method !== 'POST') return void response.writeHead(405).end();
  let text = '';
  for await (const piece of request) text += piece;
  const { valid, error } = await auth.api.verifyApiKey({ body: { key: JSON.parse(text).key } });
  const body = Buffer.from(JSON.stringify({ valid, error }));
  response.writeHead(valid ? 200 : 401, { 'content-type': 'application/json', 'content-length': body.length }).end(body);
}).listen(Number(process.env.PORT), '127.0.0.1');

function openStorage(redis) {
  return {
    get: (key) => redis.get(key),
    set: (key, value, ttl) => (ttl ? redis.set(key, value, 'EX', ttl) : redis.set(key, value)),
    delete: (key) => redis.del(key),
  };
}

async function fill(count) {
  const { rows } = await pool.query('SELECT count(*)::int AS n FROM apikey');
  if (rows[0].n > 0) return;
  await pool.query(
    `INSERT INTO "user" (id, name, email, "emailVerified", "createdAt", "updatedAt") VALUES ('u', 'Bench', 'bench@bench.example', true, now(), now())`,
  );
  const hashes = Array.from({ length: count }, (_, index) =>
    createHash('sha256')
      .update(`bench-${String(index).padStart(10, '0')}`)
      .digest('base64url'),
  );
  await pool.query(
    `INSERT INTO apikey (id, "configId", "referenceId", key, enabled, "rateLimitEnabled", "requestCount", "createdAt", "updatedAt")
     SELECT 'k' || row_number() OVER (), 'default', 'u', hash, true, false, 0, now(), now() FROM unnest($1::text[]) AS hash`,
    [hashes],
  );
  await pool.query('VACUUM ANALYZE apikey');
}
