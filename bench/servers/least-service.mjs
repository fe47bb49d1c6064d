// The least that a service of Express, passport, rate-limiter-flexible and pg can be for the calls that are measured: the libraries
// do what they are there for, once each, and nothing else is done. No tenant, no ladder, no audit, no log, no metrics, no check.
// Requests and responses are Express's own from the start, as in our services: without that it would be slower than they are.
import { createHash, generateKeyPairSync, sign } from 'node:crypto';
import { createServer } from 'node:http';
import { createRequire } from 'node:module';
import { ownMessages } from '../../packages/http/dist/express-messages.js';

/** The versions that the services themselves use. @param {string} name of a folder of `packages` */
const from = (name) => createRequire(new URL(`../../packages/${name}/package.json`, import.meta.url));
const express = from('http')('express');
const passport = from('auth')('passport');
const { Strategy } = from('auth')('passport-http-bearer');
const { RateLimiterRedis } = from('limits')('rate-limiter-flexible');
const { Redis } = from('limits')('ioredis');
const pg = from('db')('pg');

const { PORT, DATABASE_URL, REDIS_URL = '' } = process.env;
const pool = new pg.Pool({ connectionString: DATABASE_URL, max: 10 });
const redis = new Redis(REDIS_URL, { keyPrefix: 'least:', enableAutoPipelining: true });
const limiter = new RateLimiterRedis({ storeClient: redis, points: 2_000_000_000, duration: 3600 });
const { privateKey } = generateKeyPairSync('ed25519');
const profile = { success: true, data: { id: 1, filler: 'x'.repeat(500) } };

passport.use(
  new Strategy((/** @type {string} */ token, /** @type {(error: unknown, user: object) => void} */ done) => {
    done(null, { id: createHash('sha256').update(token).digest('hex') });
  }),
);
const app = express();
app.disable('x-powered-by');
app.disable('etag');

app.get(
  '/api/v1/me.php',
  passport.authenticate('bearer', { session: false }),
  async (/** @type {any} */ request, /** @type {any} */ response) => {
    const { consumedPoints } = await limiter.consume(request.user.id);
    response.json({ ...profile, usage: consumedPoints });
  },
);

app.get('/api.php', async (/** @type {any} */ request, /** @type {any} */ response) => {
  const { rows } = await pool.query({
    name: 'member',
    text: `SELECT u.id AS fid, u.name, u.created_at FROM licence_keys k JOIN users u ON u.id = k.member_id WHERE k.key_value = $1`,
    values: [request.query.key],
  });
  response.json(rows[0]);
});

app.post('/keys/verify', express.json(), async (/** @type {any} */ request, /** @type {any} */ response) => {
  const { rows } = await pool.query({
    name: 'verify',
    text: `SELECT k.id, k.expires_at, k.is_premium, k.service_id, k.key_name, h.hwid
           FROM licence_keys k JOIN key_hwids h ON h.key_id = k.id AND h.hwid = $2 WHERE k.key_value = $1`,
    values: [request.body.key, request.body.hwid],
  });
  const answer = { valid: rows.length === 1, key: rows[0], checked_at: new Date() };
  response.json({ ...answer, signature: sign(null, Buffer.from(JSON.stringify(answer)), privateKey).toString('base64url') });
});

createServer(ownMessages(app), app).listen(Number(PORT), '127.0.0.1');
