import { execFileSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { chownSync, existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { migrate, openDatabase } from '@gatehouse/db';
import pg from 'pg';
import { atEnd, scratch } from './scratch.mjs';
import { findPort, findProgram, startProcess } from './start-process.mjs';

const QUIET = { info: () => undefined, warn: () => undefined };

/** @type {Promise<string> | undefined} */
let serverUrl;
/** @type {Promise<string> | undefined} */
let redis;
let redisDatabases = 0;
/** More than a run has houses. */
const REDIS_DATABASES = 64;
/** As many as a Redis has that was not told. */
const REDIS_DATABASES_OF_OTHERS = 16;

/**
 * The PostgreSQL server to make databases on: that of TEST_DATABASE_URL, else the one on 127.0.0.1:5432, else Debian's, started here.
 * @returns {Promise<string>}
 * @throws Error when there is none
 */
export function findPostgres() {
  serverUrl ??= choosePostgres();
  return serverUrl;
}

async function choosePostgres() {
  const { TEST_DATABASE_URL: given } = process.env;
  if (given) return told('PostgreSQL: that of TEST_DATABASE_URL', given);
  if (await isOpen(5432)) return told('PostgreSQL: the one on 127.0.0.1:5432', 'postgres://postgres@127.0.0.1:5432/postgres');
  const bin = readFolders('/usr/lib/postgresql')
    .map((version) => `/usr/lib/postgresql/${version}/bin`)
    .findLast((folder) => existsSync(join(folder, 'initdb')));
  if (bin === undefined) throw new Error('PostgreSQL is missing: set TEST_DATABASE_URL, or install it (Debian: postgresql).');
  return told(`PostgreSQL: started ${bin}/postgres for this run`, await startPostgres(bin));
}

/** @param {string} bin */
async function startPostgres(bin) {
  const uid = process.getuid?.() === 0 ? Number(execFileSync('id', ['-u', 'postgres'], { encoding: 'utf8' })) : undefined;
  const folder = mkdtempSync(join(tmpdir(), 'gatehouse-bench-postgres-'));
  atEnd(() => rmSync(folder, { recursive: true, force: true }));
  const user = uid === undefined ? {} : { uid, gid: uid };
  if (uid !== undefined) chownSync(folder, uid, uid);
  execFileSync(join(bin, 'initdb'), ['-D', folder, '-U', 'postgres', '-A', 'trust', '-E', 'UTF8', '--locale=C.UTF-8'], {
    ...user,
    cwd: folder,
    stdio: 'ignore',
  });
  const port = await findPort();
  const args = ['-D', folder, '-p', String(port), '-k', '', '-h', '127.0.0.1', '-c', 'max_connections=300'];
  await startProcess({
    name: 'postgres',
    command: join(bin, 'postgres'),
    args,
    cwd: folder,
    ready: /ready to accept connections/,
    ...(uid === undefined ? {} : { uid }),
  });
  return `postgres://postgres@127.0.0.1:${port}/postgres`;
}

/**
 * A numbered database, another each time, of a Redis of this run's own; without the program of that of TEST_REDIS_URL. Users of two
 * houses have the same ids, and must not share their limits.
 * @returns {Promise<string>}
 * @throws Error when there is none
 */
export async function findRedis() {
  redis ??= chooseRedis();
  const url = await redis;
  redisDatabases += 1;
  const count = url === process.env.TEST_REDIS_URL ? REDIS_DATABASES_OF_OTHERS : REDIS_DATABASES;
  return Object.assign(new URL(url), { pathname: `/${redisDatabases % count}` }).href;
}

async function chooseRedis() {
  const program = findProgram('redis-server');
  const { TEST_REDIS_URL: given } = process.env;
  if (program === undefined) {
    if (given) return told('Redis: that of TEST_REDIS_URL', given);
    throw new Error('Redis is missing: set TEST_REDIS_URL, or install it (Debian: redis-server).');
  }
  const port = await findPort();
  const store = ['--databases', String(REDIS_DATABASES), '--save', '', '--appendonly', 'no', '--dir', scratch];
  const args = ['--port', String(port), '--bind', '127.0.0.1', ...store];
  await startProcess({ name: 'redis', command: program, args, ready: /Ready to accept connections/ });
  return told('Redis: one of this run', `redis://127.0.0.1:${port}`);
}

/** The database that all those with tables are copies of. @type {Promise<string> | undefined} */
let migrated;

/** @param {string} server @returns {Promise<string>} its name */
async function createMigrated(server) {
  const name = await createNamed(server, 'template0');
  atEnd(() => onServer(server, `DROP DATABASE ${name} WITH (FORCE)`));
  const db = await openDatabase({ databaseUrl: urlOf(server, name), log: QUIET });
  await migrate(db, QUIET);
  await db.close();
  return name;
}

/** @param {string} server @param {string} template @returns {Promise<string>} its name */
async function createNamed(server, template) {
  const name = `gatehouse_bench_${randomBytes(4).toString('hex')}`;
  await onServer(server, `CREATE DATABASE ${name} TEMPLATE ${template}`);
  return name;
}

/** @param {string} server @param {string} name */
function urlOf(server, name) {
  return Object.assign(new URL(server), { pathname: `/${name}` }).href;
}

/**
 * @typedef {object} BenchDatabase
 * @property {string} url
 * @property {pg.Pool} pool
 * @property {() => Promise<void>} drop
 */

/**
 * Makes a database of this run's own, with Gatehouse's tables; it is dropped at the end of the run at the latest.
 * @param {{ readonly empty?: boolean }} [options] `empty`: without tables
 * @returns {Promise<BenchDatabase>}
 */
export async function createDatabase({ empty = false } = {}) {
  const server = await findPostgres();
  if (!empty) migrated ??= createMigrated(server);
  const name = await createNamed(server, empty ? 'template0' : ((await migrated) ?? ''));
  const url = urlOf(server, name);
  const pool = new pg.Pool({ connectionString: url, max: 4 });
  pool.on('error', () => undefined);
  let isDropped = false;
  const drop = async () => {
    if (isDropped) return;
    isDropped = true;
    await pool.end();
    await onServer(server, `DROP DATABASE ${name} WITH (FORCE)`);
  };
  atEnd(drop);
  return { url, pool, drop };
}

/**
 * @param {string} url
 * @param {string} statement
 */
async function onServer(url, statement) {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    await client.query(statement);
  } finally {
    await client.end();
  }
}

/**
 * @param {string} text
 * @param {string} url
 */
function told(text, url) {
  console.error(`bench: ${text}`);
  return url;
}

/** @param {string} folder */
function readFolders(folder) {
  return existsSync(folder) ? readdirSync(folder).sort((a, b) => a.localeCompare(b, 'en', { numeric: true })) : [];
}

/**
 * @param {number} port
 * @returns {Promise<boolean>}
 */
function isOpen(port) {
  return new Promise((resolve) => {
    const socket = connect({ port, host: '127.0.0.1' }, () => {
      socket.destroy();
      resolve(true);
    });
    socket.once('error', () => resolve(false));
  });
}
