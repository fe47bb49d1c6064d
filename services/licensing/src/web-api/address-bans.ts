import { versionOf } from '@gatehouse/auth';
import type { Database } from '@gatehouse/db';
import { Fault } from '@gatehouse/faults';
import { type Caller, canonicalAddress, type Logger } from '@gatehouse/http';
import type { Versions } from '@gatehouse/limits';

/** So many distinct wrong keys of an address within the window ban it (web-api.md, rung 2). */
export const WRONG_KEYS_AT_MOST = 20;
/** Ten minutes. */
export const WRONG_KEY_WINDOW_SECONDS = 600;
/** A day. */
export const BAN_SECONDS = 86_400;

/** What {@link countWrongKey} needs of a service's own. */
export interface BanDeps {
  readonly db: Database;
  readonly versions: Versions;
  readonly log: Logger;
}

/**
 * Whether an address is banned from the Web API, verify and Sessions.
 * @param network `caller.network`: an IPv4 address, or the /64 of an IPv6
 */
export async function isBanned(db: Database, network: string, now: Date): Promise<boolean> {
  const rows = await db.query`
    SELECT 1 FROM address_bans
    WHERE address = ${network} AND lifted_at IS NULL AND (expires_at IS NULL OR expires_at > ${now})`;
  return rows.length > 0;
}

/**
 * Counts a wrong key (or handshake token) of a caller; the twentieth distinct one in ten minutes bans its address for a day.
 * Exact however many processes count at once, without a lock: each keeps its own first and counts after that, so whoever is
 * last to keep one sees them all.
 *
 * Behind a proxy that nobody declared a ban would hit everybody: such a caller's wrong keys are refused while they go on.
 * @param keyHash SHA-256 of what was sent; a wrong key may be a mistyped right one and is kept nowhere
 * @returns whether this one brought the ban
 * @throws Fault TOO_MANY_REQUESTS to a caller behind an undeclared proxy
 */
export async function countWrongKey(
  { db, versions, log }: BanDeps,
  { caller, keyHash, now }: { caller: Caller; keyHash: Buffer; now: Date },
): Promise<boolean> {
  const { network, undeclaredProxy } = caller;
  const isNew = await keepWrongKey(db, network, keyHash, now);
  const { count, oldestAt } = await countWrongKeys(db, network, now);
  if (undeclaredProxy) {
    if (count - (isNew ? 1 : 0) < WRONG_KEYS_AT_MOST) return false;
    const freeAt = oldestAt.getTime() + WRONG_KEY_WINDOW_SECONDS * 1000;
    throw new Fault('TOO_MANY_REQUESTS', { retryAfterSeconds: Math.ceil((freeAt - now.getTime()) / 1000) });
  }
  if (count < WRONG_KEYS_AT_MOST) return false;
  const reason = `${WRONG_KEYS_AT_MOST} wrong licence keys`;
  const expiresAt = new Date(now.getTime() + BAN_SECONDS * 1000);
  const ban = await db.tx((tx) => insertBan(tx, { network, reason, expiresAt, now }));
  if (ban === null) return false;
  await versions.touch([versionOf.bans]);
  log.warn({ address: network }, 'an address was banned for a day: too many wrong licence keys');
  return true;
}

/** @returns whether it was not among those of the window */
async function keepWrongKey(db: Database, network: string, keyHash: Buffer, now: Date): Promise<boolean> {
  const [row] = await db.query<{ is_new: boolean }>`
    WITH before AS (
      SELECT 1 FROM wrong_keys WHERE address = ${network} AND key_hash = ${keyHash} AND at > ${windowStart(now)}
    )
    INSERT INTO wrong_keys (address, key_hash, at) VALUES (${network}, ${keyHash}, ${now})
    ON CONFLICT (address, key_hash) DO UPDATE SET at = GREATEST(wrong_keys.at, excluded.at)
    RETURNING NOT EXISTS (SELECT 1 FROM before) AS is_new`;
  return row?.is_new ?? true;
}

async function countWrongKeys(db: Database, network: string, now: Date): Promise<{ count: number; oldestAt: Date }> {
  // A flood must not fill the table. Twice as many are kept as count, so that no caller's pruning spoils another's count.
  const [row] = await db.query<{ count: number; oldest_at: Date | null }>`
    WITH gone AS (
      DELETE FROM wrong_keys WHERE address = ${network} AND (at <= ${windowStart(now)} OR key_hash IN (
        SELECT key_hash FROM wrong_keys WHERE address = ${network} ORDER BY at DESC, key_hash OFFSET ${2 * WRONG_KEYS_AT_MOST}))
    ), newest AS (
      SELECT at FROM wrong_keys WHERE address = ${network} AND at > ${windowStart(now)} ORDER BY at DESC LIMIT ${WRONG_KEYS_AT_MOST + 1}
    )
    SELECT count(*)::int AS count, min(at) AS oldest_at FROM newest`;
  return { count: row?.count ?? 0, oldestAt: row?.oldest_at ?? now };
}

function windowStart(now: Date): Date {
  return new Date(now.getTime() - WRONG_KEY_WINDOW_SECONDS * 1000);
}

/** An address ban as operators see it. */
export interface AddressBan {
  readonly id: number;
  readonly address: string;
  readonly reason: string;
  readonly expires_at: Date | null;
  readonly created_at: Date;
}

/**
 * Bans an address and ends the Sessions that were opened from it.
 * @param ban.expiresAt null: until it is lifted
 * @returns null when a ban of the address holds already
 */
export async function insertBan(
  db: Database,
  { network, reason, expiresAt, now }: { network: string; reason: string; expiresAt: Date | null; now: Date },
): Promise<AddressBan | null> {
  // One row an address that is not lifted; one that ran out makes room for the new one.
  const [ban] = await db.query<AddressBan>`
    INSERT INTO address_bans (address, reason, expires_at, created_at) VALUES (${network}, ${reason}, ${expiresAt}, ${now})
    ON CONFLICT (address) WHERE lifted_at IS NULL DO UPDATE
    SET reason = excluded.reason, expires_at = excluded.expires_at, created_at = excluded.created_at
    WHERE address_bans.expires_at <= ${now}
    RETURNING id, address, reason, expires_at, created_at`;
  if (ban === undefined) return null;
  if (canonicalAddress(network.replace(/\/64$/, '')) === null) return ban;
  await db.execute`
    UPDATE key_sessions SET ended_at = ${now}
    WHERE ended_at IS NULL AND expires_at > ${now}
      AND CASE WHEN address ~ '^[0-9a-fA-F.:/]+$' THEN address::inet <<= ${network}::inet ELSE false END`;
  return ban;
}

/**
 * The bans that hold, newest first.
 * @param page.beforeId null: from the newest on
 */
export function findBans(
  db: Database,
  { beforeId, limit, now }: { beforeId: number | null; limit: number; now: Date },
): Promise<AddressBan[]> {
  return db.query<AddressBan>`
    SELECT id, address, reason, expires_at, created_at FROM address_bans
    WHERE lifted_at IS NULL AND (expires_at IS NULL OR expires_at > ${now}) AND id < COALESCE(${beforeId}::bigint, 9223372036854775807)
    ORDER BY id DESC LIMIT ${limit}`;
}

/**
 * Lifts a ban and clears the count of its address.
 * @returns the address, or null when there is no such ban
 */
export async function liftBan(db: Database, id: number, now: Date): Promise<string | null> {
  const [row] = await db.query<{ address: string }>`
    WITH lifted AS (
      UPDATE address_bans SET lifted_at = ${now} WHERE id = ${id} AND lifted_at IS NULL RETURNING address
    ), cleared AS (
      DELETE FROM wrong_keys WHERE address IN (SELECT address FROM lifted)
    )
    SELECT address FROM lifted`;
  return row?.address ?? null;
}
