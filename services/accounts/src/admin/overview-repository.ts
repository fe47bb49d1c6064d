import type { Database } from '@gatehouse/db';
import { lapsedBefore } from '../membership/effective-membership.ts';

/** How much there is, at one moment. */
export interface Overview {
  readonly as_of: Date;
  readonly keys: Readonly<Record<'unused' | 'active' | 'used' | 'expired' | 'invalidated', number>>;
  readonly users: Readonly<Record<'free' | 'premium' | 'lifetime', number>>;
  readonly vouchers_live: number;
  readonly sessions_live: Readonly<Record<'keys' | 'guests' | 'people', number>>;
  readonly requests: readonly DialectRequests[];
}

/** What was asked of one dialect. */
export interface DialectRequests {
  readonly dialect: string;
  readonly hour: { readonly requests: number; readonly refusals: number };
  readonly day: { readonly requests: number; readonly refusals: number };
}

/** Counts everything as it is at `now`. */
export async function loadOverview(db: Database, now: Date): Promise<Overview> {
  const [keys, users, live, requests] = await Promise.all([
    countKeys(db, now),
    countUsers(db, now),
    countLive(db, now),
    countRequests(db, now),
  ]);
  return {
    as_of: now,
    keys,
    users,
    vouchers_live: live.vouchers,
    sessions_live: { keys: live.keySessions, guests: live.guestSessions, people: live.userSessions },
    requests,
  };
}

const HOUR_SECONDS = 3_600;

/**
 * Keys by status, from the counts that licensing's triggers keep: by state (0 unused, 1 used, 2 used up, 3 invalidated) and by the
 * day (unit 0) and hour (unit 1) of expiry. Only the keys that expire within the hour of now are looked at one by one.
 */
async function countKeys(db: Database, now: Date): Promise<Overview['keys']> {
  const hour = Math.floor(now.getTime() / 1000 / HOUR_SECONDS);
  const day = Math.floor(hour / 24);
  const [start, end] = [new Date(hour * HOUR_SECONDS * 1000), new Date((hour + 1) * HOUR_SECONDS * 1000)];
  const rows = await db.query<{ state: number; isPast: boolean; n: number }>`
    WITH near AS (
      SELECT DISTINCT user_id FROM key_counts WHERE scope = 0 AND scope_id = 0 AND unit = 1 AND bucket = ${hour} AND n > 0
      UNION SELECT user_id FROM key_count_changes WHERE expiry_hour = ${hour}
    ), counted AS (
      SELECT state, bucket < ${day} AS past, n FROM key_counts WHERE scope = 0 AND scope_id = 0 AND unit = 0 AND bucket <> ${day}
      UNION ALL
      SELECT state, bucket < ${hour}, n FROM key_counts
      WHERE scope = 0 AND scope_id = 0 AND unit = 1 AND bucket >= ${day * 24} AND bucket < ${(day + 1) * 24} AND bucket <> ${hour}
      UNION ALL
      SELECT state, expiry_hour < ${hour}, n FROM key_count_changes WHERE expiry_hour <> ${hour}
      UNION ALL
      SELECT k.state, k.expires_at <= ${now}, 1 FROM near JOIN licence_keys k USING (user_id)
      WHERE k.expires_at >= ${start} AND k.expires_at < ${end}
    )
    SELECT state, past AS "isPast", sum(n)::int AS n FROM counted GROUP BY 1, 2`;
  const sum = (fits: (row: { state: number; isPast: boolean }) => boolean) => rows.filter(fits).reduce((total, { n }) => total + n, 0);
  const current = (wanted: number) => sum(({ state, isPast }) => state === wanted && !isPast);
  return {
    unused: current(0),
    active: current(1),
    used: current(2),
    expired: sum(({ state, isPast }) => state !== 3 && isPast),
    invalidated: sum(({ state }) => state === 3),
  };
}

/** Users by the membership that holds now: a premium one that has run out counts as free (phpstrap.md). */
async function countUsers(db: Database, now: Date): Promise<Overview['users']> {
  const [row] = await db.query<{ all: number; premium: number; lifetime: number; lapsed: number }>`
    SELECT (SELECT coalesce(sum(users), 0)::int FROM user_buckets) AS all,
      (SELECT count(*)::int FROM users WHERE membership = 'premium') AS premium,
      (SELECT count(*)::int FROM users WHERE membership = 'lifetime') AS lifetime,
      (SELECT count(*)::int FROM users WHERE membership = 'premium' AND membership_expires_at < ${lapsedBefore(now)}) AS lapsed`;
  const { all, premium, lifetime, lapsed } = row ?? { all: 0, premium: 0, lifetime: 0, lapsed: 0 };
  return { free: all - premium - lifetime + lapsed, premium: premium - lapsed, lifetime };
}

interface Live {
  readonly vouchers: number;
  readonly keySessions: number;
  readonly guestSessions: number;
  readonly userSessions: number;
}

/** Vouchers that have not run out, and sessions that go on. */
async function countLive(db: Database, now: Date): Promise<Live> {
  const [row] = await db.query<Live>`
    SELECT (SELECT count(*)::int FROM vouchers WHERE expires_at IS NULL OR expires_at > ${now}) AS vouchers,
      (SELECT count(*)::int FROM key_sessions WHERE ended_at IS NULL AND expires_at > ${now}) AS "keySessions",
      (SELECT count(*)::int FROM guest_sessions WHERE ended_at IS NULL) AS "guestSessions",
      (SELECT count(*)::int FROM user_sessions WHERE ended_at IS NULL AND expires_at > ${now}) AS "userSessions"`;
  return row ?? { vouchers: 0, keySessions: 0, guestSessions: 0, userSessions: 0 };
}

/** Requests and refusals of the last hour and day, in whole minutes, from the counts kept with the audit log. */
async function countRequests(db: Database, now: Date): Promise<DialectRequests[]> {
  const ago = (hours: number) => new Date(now.getTime() - hours * HOUR_SECONDS * 1000);
  const rows = await db.query<{ dialect: string; hour: number; hourRefused: number; day: number; dayRefused: number }>`
    SELECT dialect, sum(requests)::int AS day, sum(refusals)::int AS "dayRefused",
      coalesce(sum(requests) FILTER (WHERE minute > ${ago(1)}), 0)::int AS hour,
      coalesce(sum(refusals) FILTER (WHERE minute > ${ago(1)}), 0)::int AS "hourRefused"
    FROM audit_counts WHERE minute > ${ago(24)} AND minute <= ${now} GROUP BY dialect ORDER BY dialect`;
  return rows.map(({ dialect, hour, hourRefused, day, dayRefused }) => ({
    dialect,
    hour: { requests: hour, refusals: hourRefused },
    day: { requests: day, refusals: dayRefused },
  }));
}
