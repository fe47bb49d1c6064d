import { createSocket } from 'node:dgram';
import { chmodSync, chownSync, existsSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { INTERNAL_SECRET } from './house.mjs';
import { scratch } from './scratch.mjs';
import { findProgram, ROOT, startProcess } from './start-process.mjs';

/** A FreeRADIUS that answers. @typedef {{ authPort: number, acctPort: number, pid: number }} FreeRadius */

/** What both share with their access points. */
export const RADIUS_SECRET = 'bench-radius-secret-0123456789';
const SCHEMA = '/etc/freeradius/3.0/mods-config/sql/main/postgresql/schema.sql';
const NOBODY = 65_534;

/** Why FreeRADIUS cannot take part: undefined when it can. */
export function whyNoFreeRadius() {
  if (findProgram('freeradius') === undefined) return 'not installed (Debian: freeradius freeradius-rest)';
  return existsSync('/usr/lib/freeradius/rlm_rest.so') ? undefined : 'rlm_rest is not installed (Debian: freeradius-rest)';
}

/** Why rlm_sql cannot take part: undefined when it can. */
export function whyNoSql() {
  const isThere = existsSync('/usr/lib/freeradius/rlm_sql_postgresql.so') && existsSync(SCHEMA);
  return isThere ? undefined : 'not installed (Debian: freeradius-postgresql)';
}

/**
 * FreeRADIUS as a deployment of Gatehouse runs it, in front of a hotspot service.
 * @param {number} restPort
 * @returns {Promise<FreeRadius>}
 */
export async function startGatehouseRadius(restPort) {
  const [authPort, acctPort] = [await findUdpPort(), await findUdpPort()];
  const folder = makeFolder('radius', NOBODY);
  const { pid } = await startProcess({
    name: 'freeradius',
    command: join(ROOT, 'services/hotspot/freeradius/run.sh'),
    env: {
      INTERNAL_SECRET,
      RADIUS_REST_URL: `http://127.0.0.1:${restPort}`,
      RADIUS_NETWORKS: '127.0.0.0/8',
      RADIUS_LISTEN: '127.0.0.1',
      RADIUS_AUTH_PORT: String(authPort),
      RADIUS_ACCT_PORT: String(acctPort),
      RADIUS_RUN_DIR: folder,
    },
    ready: /Ready to process requests/,
  });
  return { authPort, acctPort, pid };
}

/**
 * FreeRADIUS with rlm_sql and Debian's own tables and statements.
 * @param {import('./databases.mjs').BenchDatabase} database an empty one
 * @param {{ readonly users: number, readonly passcode: string }} options users `guest-0` and so on
 * @returns {Promise<FreeRadius & { countingPort: number }>} countingPort: where it lets two devices in with each login
 */
export async function startSqlRadius({ url, pool }, { users, passcode }) {
  await pool.query(readFileSync(SCHEMA, 'utf8'));
  await pool.query(
    `INSERT INTO radcheck (username, attribute, op, value)
     SELECT 'guest-' || i, 'Cleartext-Password', ':=', $2 FROM generate_series(0, $1 - 1) AS i`,
    [users, passcode],
  );
  // Debian's tables have no index for counting the devices of a login.
  await pool.query('CREATE INDEX ON radacct (username) WHERE acctstoptime IS NULL');
  await pool.query('VACUUM ANALYZE radcheck');
  const [authPort, acctPort, countingPort] = [await findUdpPort(), await findUdpPort(), await findUdpPort()];
  const folder = makeFolder('radius-sql');
  const { hostname, port, username, password, pathname } = new URL(url);
  const connection = `host=${hostname} port=${port || 5432} user=${username} dbname=${pathname.slice(1)}${password === '' ? '' : ` password=${decodeURIComponent(password)}`}`;
  const text = readFileSync(join(ROOT, 'bench/peers/freeradius-sql.conf'), 'utf8')
    .replaceAll('BENCH_FOLDER', folder)
    .replaceAll('BENCH_SECRET', RADIUS_SECRET)
    .replaceAll('BENCH_CONNECTION', connection)
    .replaceAll('BENCH_AUTH_PORT', String(authPort))
    .replaceAll('BENCH_ACCT_PORT', String(acctPort))
    .replaceAll('BENCH_COUNTING_PORT', String(countingPort));
  writeFileSync(join(folder, 'radiusd.conf'), text, { mode: 0o600 });
  const program = findProgram('freeradius') ?? '';
  const args = ['-f', '-l', 'stdout', '-n', 'radiusd', '-d', folder];
  const { pid } = await startProcess({ name: 'freeradius-sql', command: program, args, ready: /Ready to process requests/ });
  return { authPort, acctPort, countingPort, pid };
}

/**
 * @param {string} name
 * @param {number} [uid] whose it is to be
 */
function makeFolder(name, uid) {
  const folder = mkdtempSync(join(scratch, `${name}-`));
  if (process.getuid?.() === 0 && uid !== undefined) chownSync(folder, uid, uid);
  chmodSync(scratch, 0o711);
  return folder;
}

/** @returns {Promise<number>} a UDP port that is free now */
function findUdpPort() {
  return new Promise((resolve) => {
    const socket = createSocket('udp4');
    socket.bind(0, '127.0.0.1', () => {
      const { port } = socket.address();
      socket.close(() => resolve(port));
    });
  });
}
