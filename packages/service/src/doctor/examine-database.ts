import { type Database, Prisma, readMigrationState, SEALED_MARK_BYTES, type Vault } from '@gatehouse/db';
import { Fault } from '@gatehouse/faults';

/** One thing that was looked at. */
export interface Finding {
  readonly check: string;
  readonly state: 'ok' | 'warning' | 'failed';
  /** What is so, and what to do about it when it is not as it should be. */
  readonly text: string;
}

/** What is sealed with `DATA_KEY`: see where `vault.seal` is called. */
const SEALED: readonly (readonly [table: string, column: string, what: string])[] = [
  ['users', 'totp_secret', 'two-step secrets'],
  ['nas', 'secret', 'RADIUS secrets'],
  ['vouchers', 'passcode', 'voucher passcodes'],
  ['guest_logins', 'passcode', 'guest logins'],
  ['signing_keys', 'private_key', 'signing keys'],
  ['instance_secrets', 'value', 'secrets of this installation'],
];
const CLOCK_TOLERANCE_MS = 2_000;
const RADIUS_SILENCE_MS = 24 * 60 * 60 * 1000;

/** Looks at a database as it is, changing nothing: does it answer, is it migrated, does its clock agree, does `DATA_KEY` open what is in it. */
export async function examineDatabase(db: Database, vault: Vault, clock: () => Date): Promise<Finding[]> {
  try {
    const startedAt = performance.now();
    await db.ping();
    const ms = Math.round(performance.now() - startedAt);
    const kind = db.kind === 'embedded' ? 'The embedded database' : 'PostgreSQL';
    const database: Finding = { check: 'database', state: 'ok', text: `${kind} answers in ${ms} ms.` };
    const migrations = await examineMigrations(db);
    const clockFinding = await examineClock(db, clock);
    // Tables that are not there yet cannot be looked at.
    if (migrations.state === 'failed') return [database, migrations, clockFinding];
    return [database, migrations, clockFinding, await examineSealed(db, vault), await examineRadius(db, clock())];
  } catch (error) {
    if (!(error instanceof Fault)) throw error;
    return [{ check: 'database', state: 'failed', text: 'The database does not answer: start it, or set DATABASE_URL to where it is.' }];
  }
}

async function examineMigrations(db: Database): Promise<Finding> {
  const check = 'migrations';
  const { pending, unknown, failed } = await readMigrationState(db);
  if (failed.length > 0)
    return { check, state: 'failed', text: `A migration did not finish: ${failed.join(', ')}. Restore a backup, then start again.` };
  if (unknown.length > 0) {
    return {
      check,
      state: 'failed',
      text: `The database was migrated by another version (${unknown.join(', ')}): run that version, or a newer one.`,
    };
  }
  if (pending.length > 0) return { check, state: 'failed', text: `Not migrated yet: ${pending.join(', ')}. Starting a service does it.` };
  return { check, state: 'ok', text: 'All migrations are applied.' };
}

async function examineClock(db: Database, clock: () => Date): Promise<Finding> {
  const before = clock().getTime();
  const [row] = await db.query<{ now: Date }>`SELECT clock_timestamp() AS now`;
  const after = clock().getTime();
  const there = row?.now.getTime() ?? before;
  const offMs = there < before ? before - there : Math.max(0, there - after);
  if (offMs <= CLOCK_TOLERANCE_MS) return { check: 'clock', state: 'ok', text: 'The clocks of the service and the database agree.' };
  const seconds = Math.round(offMs / 1000);
  return { check: 'clock', state: 'failed', text: `The clocks of the service and the database are ${seconds} s apart: set both by NTP.` };
}

async function examineSealed(db: Database, vault: Vault): Promise<Finding> {
  const lost: string[] = [];
  let old = 0;
  for (const [table, column, what] of SEALED) {
    const sealed = Prisma.raw(`"${column}"`);
    const marks = await db.query<{ mark: Uint8Array; count: bigint }>`
      SELECT substring(${sealed} FROM 1 FOR ${SEALED_MARK_BYTES}::int) AS mark, count(*) AS count
      FROM ${Prisma.raw(`"${table}"`)} WHERE ${sealed} IS NOT NULL GROUP BY 1`;
    const unknown = marks.filter(({ mark }) => !vault.knows(mark));
    if (unknown.length > 0) lost.push(`${unknown.reduce((sum, { count }) => sum + Number(count), 0)} ${what}`);
    old += marks.filter(({ mark }) => vault.knows(mark) && !vault.isCurrent(mark)).reduce((sum, { count }) => sum + Number(count), 0);
  }
  const check = 'DATA_KEY';
  if (lost.length > 0) {
    const what = lost.join(', ');
    return {
      check,
      state: 'failed',
      text: `Sealed under another DATA_KEY, and lost without it: ${what}. Put the old key back from a backup, or name it in DATA_KEY_PREVIOUS.`,
    };
  }
  if (old > 0)
    return {
      check,
      state: 'ok',
      text: `DATA_KEY opens everything; ${old} values are still under a key of DATA_KEY_PREVIOUS, which is needed for them.`,
    };
  return { check, state: 'ok', text: 'DATA_KEY opens everything that is sealed.' };
}

async function examineRadius(db: Database, now: Date): Promise<Finding> {
  const check = 'FreeRADIUS';
  const [row] = await db.query<{ count: bigint; last: Date | null }>`
    SELECT count(*) AS count, (SELECT greatest(max(at), (SELECT max(last_update_at) FROM guest_sessions)) FROM login_log) AS last FROM nas`;
  if (row === undefined || row.count === 0n) return { check, state: 'ok', text: 'No access point is listed, so it is not needed.' };
  const heard = row.last === null ? 'never' : row.last.toISOString();
  const isSilent = row.last === null || now.getTime() - row.last.getTime() > RADIUS_SILENCE_MS;
  if (!isSilent) return { check, state: 'ok', text: `${row.count} access points are listed; a guest was last heard of at ${heard}.` };
  return {
    check,
    state: 'warning',
    text: `${row.count} access points are listed, but no guest was heard of for a day (${heard}). Is FreeRADIUS running, and RADIUS_REST_PORT set? doctor --radius asks it.`,
  };
}
