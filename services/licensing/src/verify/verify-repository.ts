import { hashToken } from '@gatehouse/auth';
import { askTogether, Prisma, type Sql, UniqueViolation, WriteConflict } from '@gatehouse/db';
import type { VerifyAnswer } from './answer.ts';
import type { JudgeFacts, KeyFacts, KeyUse } from './judge.ts';

/** What a program asks. */
export interface VerifyQuestion {
  readonly key: string;
  readonly hwid: string | null;
  readonly serviceId: number | null;
  readonly nonce: string | null;
}

/** A key as verify knows it: what it is judged by, and what is told of it. */
export interface VerifiedKey extends KeyFacts {
  readonly id: number;
  readonly ownerId: number;
  readonly memberId: number | null;
  readonly serviceId: number | null;
  readonly isPremium: boolean;
  readonly keyName: string | null;
}

/** Everything that an answer is made of. */
export interface VerifyFacts extends JudgeFacts {
  readonly key: VerifiedKey | null;
  /** The key pair that signs now. */
  readonly kid: string | null;
  /** The same question, asked with the same nonce within ten minutes: its answer. */
  readonly earlier: { readonly useId: number; readonly answer: VerifyAnswer } | null;
}

/** Ten minutes: how long a lost answer can be asked for again (keys.md). */
export const REPLAY_MS = 600_000;

interface FactsRow {
  readonly place: number;
  readonly address_banned: boolean;
  readonly hwid_banned: boolean;
  readonly kid: string | null;
  readonly keyless: boolean | null;
  readonly asked_owner: number | null;
  readonly id: number | null;
  readonly user_id: number;
  readonly member_id: number | null;
  readonly service_id: number | null;
  readonly is_premium: boolean;
  readonly key_name: string | null;
  readonly is_invalidated: boolean;
  readonly expires_at: Date | null;
  readonly used_at: Date | null;
  readonly one_time_use: boolean;
  readonly expiry_on_first_use: boolean;
  readonly validity_minutes: number | null;
  readonly no_hwid: boolean;
  readonly hwid_limit: number | null;
  readonly hwid_count: number;
  readonly is_bound: boolean;
  readonly member_banned: boolean | null;
  readonly earlier: VerifyFacts['earlier'];
}

/** A question with what it is judged by beside the key. */
export interface FactsQuestion extends VerifyQuestion {
  /** What bans of addresses count by: `caller.network`. */
  readonly network: string;
  readonly now: Date;
}

/** What verifying reads and writes: within a transaction from that one, else together with those who ask at the same time. */
export interface VerifyRepository {
  loadFacts(db: Sql, question: FactsQuestion): Promise<VerifyFacts>;
  /**
   * Writes what a verdict changes, and the answer when it has a nonce, as one statement that only happens if what was decided from
   * still holds.
   * @returns null when it does not, or when the same question was answered meanwhile: load and judge again
   * @throws WriteConflict in a transaction, which then must begin again
   */
  recordUse(db: Sql, record: UseRecord): Promise<RecordedUse | null>;
}

/** What was written. */
export interface RecordedUse {
  /** The row of `verify_uses`, when the question had a nonce. */
  readonly useId: number | null;
}

/**
 * Makes what the verifier of a process reads and writes by.
 * @param shared the database outside of transactions
 */
export function createVerifyRepository(shared: Sql): VerifyRepository {
  const loadTogether = askTogether((questions: readonly FactsQuestion[]) => loadVerifyFacts(shared, questions));
  const noteTogether = askTogether((records: readonly UseRecord[]) => noteUses(shared, records, SKIP_LOCKED));

  async function noteUse(db: Sql, record: UseRecord): Promise<RecordedUse | null> {
    if (record.question.nonce === null) return { useId: null };
    const noted = db === shared ? await noteTogether(record) : null;
    // The same question may have been answered meanwhile, or its key be locked: that is waited for alone.
    return noted ?? (await noteUses(db, [record], Prisma.empty))[0] ?? null;
  }

  return {
    async loadFacts(db, question) {
      if (db === shared) return loadTogether(question);
      const [facts] = await loadVerifyFacts(db, [question]);
      if (facts === undefined) throw new Error('a question of verify got no facts');
      return facts;
    },
    async recordUse(db, record) {
      try {
        return record.use === null ? await noteUse(db, record) : await spendKey(db, record, record.use);
      } catch (error) {
        // The same HWID was bound by someone else at the same instant: the statement is undone, and so is a transaction around it.
        if (!(error instanceof UniqueViolation)) throw error;
        if (db !== shared) throw new WriteConflict(error);
        return null;
      }
    },
  };
}

/**
 * One statement, every part of it by a unique index. Joins are few: planning many of them is what would take long. `OFFSET 0` keeps
 * each question on its index, however many rows there were when it was planned.
 * @returns facts in the order of the questions
 */
async function loadVerifyFacts(db: Sql, questions: readonly FactsQuestion[]): Promise<VerifyFacts[]> {
  const rows = await db.query<FactsRow>`
    SELECT q.place,
      EXISTS (SELECT FROM address_bans a
              WHERE a.address = q.network AND a.lifted_at IS NULL AND (a.expires_at IS NULL OR a.expires_at > q.now)) AS address_banned,
      EXISTS (SELECT FROM hwid_bans b
              WHERE b.user_id IN (k.user_id, asked.user_id) AND b.hwid = q.hwid
                AND (b.expires_at IS NULL OR b.expires_at > q.now)) AS hwid_banned,
      (SELECT s.kid FROM signing_keys s WHERE s.retired_at IS NULL) AS kid,
      coalesce(asked.keyless_mode, (SELECT own.keyless_mode FROM services own WHERE own.id = k.service_id)) AS keyless,
      asked.user_id AS asked_owner,
      k.id, k.user_id, k.member_id, k.service_id, k.is_premium, k.key_name, k.is_invalidated, k.expires_at, k.used_at, k.one_time_use,
      k.expiry_on_first_use, k.validity_minutes, k.no_hwid, k.hwid_limit, k.hwid_count,
      EXISTS (SELECT FROM key_hwids h WHERE h.key_id = k.id AND h.hwid = q.hwid) AS is_bound,
      k.member_id IS NOT NULL AND (
        (SELECT m.banned FROM users m WHERE m.id = k.member_id)
        OR EXISTS (SELECT FROM seller_bans sb WHERE sb.seller_id = k.user_id AND sb.member_id = k.member_id AND sb.lifted_at IS NULL)) AS member_banned,
      (SELECT json_build_object('useId', u.id, 'answer', u.answer) FROM verify_uses u
       WHERE u.key_hash = decode(q.key_hash, 'hex') AND u.hwid = coalesce(q.hwid, '') AND u.nonce = q.nonce
         AND u.created_at > q.now - make_interval(secs => ${REPLAY_MS / 1000}::int)) AS earlier
    FROM json_to_recordset(${JSON.stringify(questions.map(toParameters))}::text::json)
      AS q (place int, key text, key_hash text, hwid text, service_id int, nonce text, network text, now timestamptz)
    LEFT JOIN LATERAL (SELECT * FROM licence_keys WHERE key_value = q.key OFFSET 0) k ON true
    LEFT JOIN LATERAL (SELECT * FROM services WHERE id = q.service_id OFFSET 0) asked ON true`;
  const byPlace = new Map(rows.map((row) => [row.place, row]));
  return questions.map((question, place) => {
    const row = byPlace.get(place);
    if (row === undefined) throw new Error('a question of verify got no row');
    return toFacts(row, question);
  });
}

function toParameters({ key, hwid, serviceId, nonce, network, now }: FactsQuestion, place: number) {
  // Only a question with a nonce can have been answered before.
  const key_hash = nonce === null ? null : hashToken(key).toString('hex');
  return { place, key, key_hash, hwid, service_id: serviceId, nonce, network, now };
}

function toFacts(row: FactsRow, { hwid, serviceId }: VerifyQuestion): VerifyFacts {
  return {
    isAddressBanned: row.address_banned,
    isHwidBanned: row.hwid_banned,
    isKeyless: row.keyless === true,
    hwid,
    key: row.id === null ? null : toKey(row, row.id, serviceId),
    kid: row.kid,
    earlier: row.earlier,
  };
}

function toKey(row: FactsRow, id: number, askedServiceId: number | null): VerifiedKey {
  return {
    id,
    ownerId: row.user_id,
    memberId: row.member_id,
    serviceId: row.service_id,
    isPremium: row.is_premium,
    keyName: row.key_name,
    isInvalidated: row.is_invalidated,
    expiresAt: row.expires_at,
    usedAt: row.used_at,
    oneTimeUse: row.one_time_use,
    expiryOnFirstUse: row.expiry_on_first_use,
    validityMinutes: row.validity_minutes,
    noHwid: row.no_hwid,
    hwidLimit: row.hwid_limit,
    hwidCount: row.hwid_count,
    isBound: row.is_bound,
    // A key of no service fits every service of its seller.
    fitsService: askedServiceId === null || (row.asked_owner === row.user_id && (row.service_id ?? askedServiceId) === askedServiceId),
    isMemberBanned: row.member_banned === true,
  };
}

/** A verdict to be written down, with what it was decided from. */
export interface UseRecord {
  readonly question: VerifyQuestion;
  readonly key: VerifiedKey;
  readonly use: KeyUse | null;
  readonly answer: VerifyAnswer;
  readonly now: Date;
}

/** What a statement that many share ends a lock with: it waits for nobody's key, such as those of a seller who is being deleted. */
const SKIP_LOCKED = Prisma.sql`SKIP LOCKED`;

/**
 * Of two that are the same one is written; the other then finds it. In one order, so that no two processes lock each other out.
 * @param whenLocked what becomes of a key that is locked: skipped, or, if it says nothing, waited for
 * @returns null for what was answered meanwhile, or skipped
 */
async function noteUses(db: Sql, records: readonly UseRecord[], whenLocked: Prisma.Sql): Promise<(RecordedUse | null)[]> {
  const rows = await db.query<{ place: number; id: number }>`/* planned once */
    WITH asked AS MATERIALIZED (
      SELECT place, decode(key_hash, 'hex') AS key_hash, key_id, hwid, nonce, service_id, verdict, answer, now
      FROM json_to_recordset(${JSON.stringify(records.map(toUseRow))}::text::json) AS row (place int, key_hash text, key_id int, hwid text,
        nonce text, service_id int, verdict text, answer jsonb, now timestamptz)
    ), key AS MATERIALIZED (
      SELECT id FROM licence_keys WHERE id = ANY(ARRAY(SELECT key_id FROM asked)) FOR KEY SHARE ${whenLocked}
    ), q AS MATERIALIZED (
      SELECT asked.* FROM asked JOIN key ON key.id = asked.key_id
    ), noted AS (
      INSERT INTO verify_uses (key_hash, key_id, hwid, nonce, service_id, verdict, answer, created_at)
      SELECT DISTINCT ON (key_hash, hwid, nonce) key_hash, key_id, hwid, nonce, service_id, verdict, answer, now
      FROM q ORDER BY key_hash, hwid, nonce, place
      ON CONFLICT (key_hash, hwid, nonce) DO UPDATE
      SET key_id = excluded.key_id, service_id = excluded.service_id, verdict = excluded.verdict, answer = excluded.answer,
          created_at = excluded.created_at
      WHERE verify_uses.created_at <= excluded.created_at - make_interval(secs => ${REPLAY_MS / 1000}::int)
      RETURNING id, key_hash, hwid, nonce
    )
    SELECT DISTINCT ON (noted.id) q.place, noted.id FROM noted JOIN q USING (key_hash, hwid, nonce) ORDER BY noted.id, q.place`;
  const byPlace = new Map(rows.map(({ place, id }) => [place, id]));
  return records.map((_, place) => {
    const useId = byPlace.get(place);
    return useId === undefined ? null : { useId };
  });
}

function toUseRow({ question, key, answer, now }: UseRecord, place: number) {
  const key_hash = hashToken(question.key).toString('hex');
  const { hwid, nonce, serviceId } = question;
  return { place, key_hash, key_id: key.id, hwid: hwid ?? '', nonce, service_id: serviceId, verdict: answer.code, answer, now };
}

async function spendKey(db: Sql, { question, key, answer, now }: UseRecord, use: KeyUse): Promise<RecordedUse | null> {
  const [row] = await db.query<{ use_id: number | null }>`
    WITH spent AS (
      UPDATE licence_keys
      SET used_at = ${use.usedAt}, expires_at = ${use.expiresAt}, hwid_count = hwid_count + ${use.binds ? 1 : 0}::int
      WHERE id = ${key.id} AND NOT is_invalidated AND used_at IS NOT DISTINCT FROM ${key.usedAt}::timestamptz
        AND expires_at IS NOT DISTINCT FROM ${key.expiresAt}::timestamptz
        AND validity_minutes IS NOT DISTINCT FROM ${key.validityMinutes}::int AND expiry_on_first_use = ${key.expiryOnFirstUse}
        AND one_time_use = ${key.oneTimeUse} AND no_hwid = ${key.noHwid}
        AND (NOT ${use.binds}::boolean OR coalesce(hwid_limit, 0) = 0 OR hwid_count < hwid_limit)
      RETURNING id
    ), bound AS (
      INSERT INTO key_hwids (key_id, user_id, hwid, bound_at, bound_by)
      SELECT spent.id, ${key.ownerId}::int, ${question.hwid}::text, ${now}::timestamptz, 'verify' FROM spent WHERE ${use.binds}::boolean
    ), noted AS (
      INSERT INTO verify_uses (key_hash, key_id, hwid, nonce, service_id, verdict, answer, created_at)
      SELECT ${hashToken(question.key)}::bytea, spent.id, ${question.hwid ?? ''}::text, ${question.nonce}::text, ${question.serviceId}::int,
        ${answer.code}::text, ${JSON.stringify(answer)}::jsonb, ${now}::timestamptz
      FROM spent WHERE ${question.nonce}::text IS NOT NULL
      ON CONFLICT (key_hash, hwid, nonce) DO UPDATE
      SET key_id = excluded.key_id, service_id = excluded.service_id, verdict = excluded.verdict, answer = excluded.answer,
          created_at = excluded.created_at
      RETURNING id
    )
    SELECT (SELECT id FROM noted) AS use_id FROM spent`;
  return row === undefined ? null : { useId: row.use_id };
}

/** Deletes uses that are too old to be asked for again; Sessions that they opened stay. */
export async function pruneVerifyUses(db: Sql, now: Date): Promise<void> {
  await db.execute`DELETE FROM verify_uses WHERE created_at <= ${new Date(now.getTime() - REPLAY_MS)}`;
}
