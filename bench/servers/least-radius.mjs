// The least that a service of Express and pg behind rlm_rest can be: a login costs a share of one statement that looks the name up and
// of one that writes a session and a line of the log, a report a share of one that updates its session. Nothing is judged, limited,
// opened or told to anybody. PASSCODE is that of every login, SECRET that of every access point.
import { randomBytes } from 'node:crypto';
import { createServer } from 'node:http';
import { createRequire } from 'node:module';
import { askTogether } from '../../packages/db/dist/ask-together.js';
import { ownMessages } from '../../packages/http/dist/express-messages.js';
import { attribute, describeAccessPoint } from '../tools/rest-attributes.mjs';

/** The versions that the services themselves use. @param {string} name of a folder of `packages` */
const from = (name) => createRequire(new URL(`../../packages/${name}/package.json`, import.meta.url));
const express = from('http')('express');
const pg = from('db')('pg');

const { PORT, DATABASE_URL, SECRET = '', PASSCODE = '' } = process.env;
const pool = new pg.Pool({ connectionString: DATABASE_URL, max: 10 });
await pool.query(`
  CREATE TABLE IF NOT EXISTS least_sessions (id serial PRIMARY KEY, class_ref text NOT NULL UNIQUE, voucher_id int, mac text, bytes_in bigint);
  CREATE TABLE IF NOT EXISTS least_log (id serial PRIMARY KEY, session_id int, login text, at timestamptz DEFAULT now())`);

const findVouchers = askTogether(async (/** @type {readonly string[]} */ names) => {
  const { rows } = await pool.query({
    name: 'find',
    text: 'SELECT username, id FROM vouchers WHERE site_id = (SELECT min(id) FROM sites) AND username = ANY($1)',
    values: [names],
  });
  const ids = new Map(rows.map((/** @type {{ username: string, id: number }} */ { username, id }) => [username, id]));
  return names.map((name) => ids.get(name));
});
const openSessions = askTogether(
  async (/** @type {readonly { id: number, mac: string, login: string, classRef: string }[]} */ sessions) => {
    await pool.query({
      name: 'open',
      text: `WITH opened AS (
             INSERT INTO least_sessions (class_ref, voucher_id, mac, bytes_in)
             SELECT class_ref, id, mac, 0 FROM unnest($1::text[], $2::int[], $3::text[]) AS q(class_ref, id, mac) RETURNING id
           ) INSERT INTO least_log (session_id, login) SELECT id, 'guest' FROM opened`,
      values: [sessions.map(({ classRef }) => classRef), sessions.map(({ id }) => id), sessions.map(({ mac }) => mac)],
    });
    return sessions;
  },
);
const addReports = askTogether(async (/** @type {readonly { classRef: string, octets: string }[]} */ reports) => {
  await pool.query({
    name: 'report',
    text: `UPDATE least_sessions session SET bytes_in = GREATEST(bytes_in, q.octets)
           FROM unnest($1::text[], $2::bigint[]) AS q(class_ref, octets) WHERE session.class_ref = q.class_ref`,
    values: [reports.map(({ classRef }) => classRef), reports.map(({ octets }) => octets)],
  });
  return reports;
});

const hex = (/** @type {string} */ text) => Buffer.from(text, 'hex').toString();
const app = express();
app.disable('x-powered-by');
app.disable('etag');
app.get('/radius/access-point', (/** @type {any} */ _request, /** @type {any} */ response) => response.json(describeAccessPoint(SECRET)));
app.get('/radius/authorize', async (/** @type {any} */ request, /** @type {any} */ response) => {
  const id = await findVouchers(hex(request.query['User-Name']));
  response.json({ 'control:Tmp-String-2': attribute(PASSCODE), 'control:Tmp-String-3': attribute(`voucher-${id}`) });
});
app.post('/radius/login', async (/** @type {any} */ request, /** @type {any} */ response) => {
  const classRef = randomBytes(16).toString('hex');
  const id = Number(String(request.query.ref).replace(/\D/g, ''));
  await openSessions({ id, mac: hex(request.query['Calling-Station-Id']), login: hex(request.query['User-Name']), classRef });
  response.json({
    'reply:Class': attribute(classRef),
    'reply:Acct-Interim-Interval': attribute('60'),
    'reply:Session-Timeout': attribute('86400'),
  });
});
app.post('/radius/accounting', async (/** @type {any} */ request, /** @type {any} */ response) => {
  await addReports({ classRef: hex(String(request.query.Class).replace(/^0x/, '')), octets: request.query['Acct-Input-Octets'] || '0' });
  response.status(204).end();
});

createServer({ ...ownMessages(app), keepAliveTimeout: 75_000 }, app).listen(Number(PORT), '127.0.0.1');
