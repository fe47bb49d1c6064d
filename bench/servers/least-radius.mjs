// The least that a service of Express and pg behind rlm_rest can be which does what a login is there for: a share of one statement that
// looks the name up with its devices on line, and of one that binds the voucher if nobody changed it meanwhile, opens its session and
// logs it, in Gatehouse's own tables. A report costs a share of one that updates its session. Nothing is judged, limited, opened or told
// to anybody, and nothing is known of guests or requests that come twice; there is one site with one access point. PASSCODE is that of
// every login, SECRET that of every access point.
import { randomBytes } from 'node:crypto';
import { createServer } from 'node:http';
import { createRequire } from 'node:module';
import { askTogether } from '../../packages/db/dist/ask-together.js';
import { ownMessages } from '../../packages/http/dist/express-messages.js';
import { describeAccessPoint } from '../tools/rest-attributes.mjs';

/** The versions that the services themselves use. @param {string} name of a folder of `packages` */
const from = (name) => createRequire(new URL(`../../packages/${name}/package.json`, import.meta.url));
const express = from('http')('express');
const pg = from('db')('pg');

const { PORT, DATABASE_URL, SECRET = '', PASSCODE = '' } = process.env;
const pool = new pg.Pool({ connectionString: DATABASE_URL, max: 10 });
/** @typedef {{ username: string, id: number, version: string }} Found */
const findVouchers = askTogether(async (/** @type {readonly string[]} */ names) => {
  const { rows } = await pool.query({
    name: 'find',
    text: `SELECT username, id, vouchers.xmin::text AS version,
             CASE WHEN first_login_at IS NULL THEN 0 ELSE (
               SELECT count(*) FROM (SELECT * FROM guest_sessions WHERE voucher_id = vouchers.id OFFSET 0) AS session
               WHERE ended_at IS NULL
             ) END AS devices
           FROM unnest($1::text[]) AS q(name) JOIN vouchers ON site_id = 1 AND username = q.name`,
    values: [names],
  });
  const refs = new Map(rows.map((/** @type {Found} */ { username, id, version }) => [username, `${id}-${version}`]));
  return names.map((name) => refs.get(name));
});
const openSessions = askTogether(
  async (/** @type {readonly { ref: string[], mac: string, login: string, classRef: string }[]} */ sessions) => {
    const { rowCount } = await pool.query({
      name: 'open',
      text: `WITH q AS MATERIALIZED (
               SELECT *, now() AS at FROM unnest($1::text[], $2::int[], $3::text[], $4::text[], $5::text[]) AS q(class_ref, id, version, mac, login)
             ), bound AS (
               UPDATE vouchers SET first_login_at = COALESCE(first_login_at, q.at), last_login_at = q.at,
                 expires_at = COALESCE(expires_at, q.at + interval '30 days'), mac = q.mac
               FROM q WHERE vouchers.id = q.id AND vouchers.xmin::text = q.version RETURNING q.*, vouchers.site_id
             ), opened AS (
               INSERT INTO guest_sessions (site_id, nas_id, class_ref, voucher_id, login, method, mac)
               SELECT site_id, 1, class_ref, id, login, 'voucher', mac FROM bound RETURNING id, site_id, nas_id, login, mac
             ) INSERT INTO login_log (site_id, nas_id, guest_session_id, login, method, mac, accepted)
             SELECT site_id, nas_id, id, login, 'voucher', mac, true FROM opened`,
      values: [
        sessions.map(({ classRef }) => classRef),
        sessions.map(({ ref }) => ref[0]),
        sessions.map(({ ref }) => ref[1]),
        sessions.map(({ mac }) => mac),
        sessions.map(({ login }) => login),
      ],
    });
    if (rowCount !== sessions.length) throw new Error('a voucher was changed meanwhile');
    return sessions;
  },
);
const addReports = askTogether(async (/** @type {readonly { classRef: string, octets: string }[]} */ reports) => {
  await pool.query({
    name: 'report',
    text: `UPDATE guest_sessions session SET bytes_in = GREATEST(bytes_in, q.octets)
           FROM unnest($1::text[], $2::bigint[]) AS q(class_ref, octets) WHERE session.class_ref = q.class_ref`,
    values: [reports.map(({ classRef }) => classRef), reports.map(({ octets }) => octets)],
  });
  return reports;
});

/** What FreeRADIUS tells of a packet. @param {any} request */
const told = ({ headers }) =>
  Object.fromEntries(
    String(headers['x-gatehouse-packet'])
      .split('&')
      .map((/** @type {string} */ field) => field.split('=')),
  );
const hex = (/** @type {string} */ text) => Buffer.from(text, 'hex').toString();
const app = express();
app.disable('x-powered-by');
app.disable('etag');
app.get('/radius/access-point', (/** @type {any} */ _request, /** @type {any} */ response) => response.json(describeAccessPoint(SECRET)));
app.get('/radius/authorize', async (/** @type {any} */ request, /** @type {any} */ response) => {
  const ref = await findVouchers(hex(told(request)['User-Name']));
  response.json({ 'control:Cleartext-Password': PASSCODE, 'control:Tmp-String-0': `voucher-${ref}` });
});
app.post('/radius/login', async (/** @type {any} */ request, /** @type {any} */ response) => {
  const classRef = randomBytes(16).toString('hex');
  const packet = told(request);
  const ref = packet.ref.split('-').slice(1);
  await openSessions({ ref, mac: hex(packet['Calling-Station-Id']), login: hex(packet['User-Name']), classRef });
  response.json({ 'reply:Class': classRef, 'reply:Acct-Interim-Interval': 60, 'reply:Session-Timeout': 86_400 });
});
app.post('/radius/accounting', async (/** @type {any} */ request, /** @type {any} */ response) => {
  const packet = told(request);
  await addReports({ classRef: hex(packet.Class.replace(/^0x/, '')), octets: packet['Acct-Input-Octets'] || '0' });
  response.status(204).end();
});

createServer({ ...ownMessages(app), keepAliveTimeout: 75_000 }, app).listen(Number(PORT), '127.0.0.1');
