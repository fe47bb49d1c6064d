import { type Database, Prisma } from '@gatehouse/db';
import { describeElapsed, unixSeconds } from './format.ts';

/** A script with the names of what it points at. */
export interface ScriptRow {
  readonly id: number;
  readonly name: string;
  readonly author: string | null;
  readonly software: string | null;
  readonly updated_at: Date;
  readonly notes: string;
  readonly core: boolean;
  readonly forums: string | null;
  readonly library: boolean;
  readonly team: readonly string[];
  readonly categories: readonly number[];
  readonly category_names: readonly string[];
}

const COLUMNS = Prisma.sql`
  s.id, s.name, COALESCE(a.login, a.name) AS author, w.name AS software, s.updated_at, s.notes, s.core, s.forums, s.library, s.categories,
  ARRAY(SELECT COALESCE(u.login, u.name) FROM script_team t JOIN users u ON u.id = t.user_id WHERE t.script_id = s.id ORDER BY u.id) AS team,
  ARRAY(SELECT c.name FROM unnest(s.categories) WITH ORDINALITY AS wanted(id, place)
        JOIN script_categories c ON c.id = wanted.id ORDER BY wanted.place) AS category_names`;
const JOINS = Prisma.sql`LEFT JOIN users a ON a.id = s.author_id LEFT JOIN software w ON w.id = s.software_id`;

/** All scripts of a seller, by name. */
export function findScripts(db: Database, ownerId: number): Promise<ScriptRow[]> {
  return db.query<ScriptRow>`SELECT ${COLUMNS} FROM scripts s ${JOINS} WHERE s.owner_id = ${ownerId} ORDER BY s.name, s.id`;
}

/** The scripts of one software, by name. */
export function findSoftwareScripts(db: Database, softwareId: number): Promise<ScriptRow[]> {
  return db.query<ScriptRow>`SELECT ${COLUMNS} FROM scripts s ${JOINS} WHERE s.software_id = ${softwareId} ORDER BY s.name, s.id`;
}

/** The scripts of a seller that a member has switched on, by name. */
export function findMemberScripts(db: Database, ownerId: number, memberId: number): Promise<ScriptRow[]> {
  return db.query<ScriptRow>`
    SELECT ${COLUMNS} FROM member_scripts m JOIN scripts s ON s.id = m.script_id ${JOINS}
    WHERE m.member_id = ${memberId} AND s.owner_id = ${ownerId} ORDER BY s.name, s.id`;
}

/** A script of a seller with its source; null when the seller has none of this id. */
export async function findScript(db: Database, ownerId: number, id: number): Promise<(ScriptRow & { readonly content: string }) | null> {
  const [row] = await db.query<ScriptRow & { content: string }>`
    SELECT ${COLUMNS}, s.content FROM scripts s ${JOINS} WHERE s.id = ${id} AND s.owner_id = ${ownerId}`;
  return row ?? null;
}

/** A script as the Web API tells it: ids are texts. */
export function toScript(row: ScriptRow, now: Date) {
  return {
    id: String(row.id),
    name: row.name,
    author: row.author ?? '',
    software: row.software ?? '',
    last_update: unixSeconds(row.updated_at),
    update_notes: row.notes,
    elapsed: describeElapsed(row.updated_at, now),
    core: row.core,
    forums: row.forums ?? '',
    library: row.library,
    team: row.team,
    categories: row.categories.map(String),
    category_names: row.category_names,
  };
}

/**
 * Switches a script on for a member when it is off, and off when it is on. Exact when called twice at the same instant.
 * @returns whether it is on now; null when the seller has no such script
 */
export async function toggleScript(
  db: Database,
  { ownerId, memberId, scriptId, now }: { ownerId: number; memberId: number; scriptId: number; now: Date },
): Promise<boolean | null> {
  for (;;) {
    const [row] = await db.query<{ known: boolean; removed: boolean; added: boolean }>`
      WITH script AS (
        SELECT id FROM scripts WHERE id = ${scriptId} AND owner_id = ${ownerId} FOR KEY SHARE
      ), removed AS (
        DELETE FROM member_scripts WHERE member_id = ${memberId} AND script_id IN (SELECT id FROM script) RETURNING 1
      ), added AS (
        INSERT INTO member_scripts (member_id, script_id, created_at)
        SELECT ${memberId}::int, id, ${now}::timestamptz FROM script WHERE NOT EXISTS (SELECT 1 FROM removed)
        ON CONFLICT DO NOTHING RETURNING 1
      )
      SELECT EXISTS (SELECT 1 FROM script) AS known, EXISTS (SELECT 1 FROM removed) AS removed, EXISTS (SELECT 1 FROM added) AS added`;
    if (row === undefined || !row.known) return null;
    // Neither: another call switched it on meanwhile, so this one has to switch it off.
    if (row.added || row.removed) return row.added;
  }
}

/**
 * Switches on the given scripts of a seller for a member, and all others of that seller off.
 * @returns false, and nothing is changed, when one of them is not the seller's
 */
export function setMemberScripts(
  db: Database,
  { ownerId, memberId, scriptIds, now }: { ownerId: number; memberId: number; scriptIds: readonly number[]; now: Date },
): Promise<boolean> {
  return db.sqlTx(async (tx) => {
    const ids = [...scriptIds];
    const known = await tx.query`SELECT id FROM scripts WHERE owner_id = ${ownerId} AND id = ANY(${ids}::int[]) FOR KEY SHARE`;
    if (known.length < ids.length) return false;
    await tx.execute`
      DELETE FROM member_scripts m USING scripts s
      WHERE s.id = m.script_id AND s.owner_id = ${ownerId} AND m.member_id = ${memberId} AND NOT (s.id = ANY(${ids}::int[]))`;
    await tx.execute`
      INSERT INTO member_scripts (member_id, script_id, created_at)
      SELECT ${memberId}::int, id, ${now}::timestamptz FROM unnest(${ids}::int[]) AS wanted(id) ORDER BY id
      ON CONFLICT DO NOTHING`;
    return true;
  });
}

/** What {@link updateScript} found. */
export type ScriptUpdate = 'updated' | 'unknown script' | 'not of the team' | 'unknown category';

/** Gives a script new content; for its author and the members of its team. */
export async function updateScript(
  db: Database,
  change: {
    readonly ownerId: number;
    readonly memberId: number;
    readonly scriptId: number;
    readonly content: string;
    readonly notes: string;
    readonly categories: readonly number[] | undefined;
    readonly now: Date;
  },
): Promise<ScriptUpdate> {
  const { ownerId, memberId, scriptId, content, notes, now } = change;
  const categories = change.categories === undefined ? null : [...change.categories];
  const [row] = await db.query<{ known: boolean; may_write: boolean; categories_known: boolean }>`
    WITH script AS (
      SELECT id, author_id = ${memberId} IS TRUE
             OR EXISTS (SELECT 1 FROM script_team t WHERE t.script_id = scripts.id AND t.user_id = ${memberId}) AS may_write,
             (SELECT count(*) FROM script_categories c WHERE c.owner_id = ${ownerId} AND c.id = ANY(${categories}::int[]))
               = COALESCE(cardinality(${categories}::int[]), 0) AS categories_known
      FROM scripts WHERE id = ${scriptId} AND owner_id = ${ownerId} FOR UPDATE
    ), updated AS (
      UPDATE scripts s
      SET content = ${content}, notes = ${notes}, categories = COALESCE(${categories}::int[], s.categories), updated_at = ${now}
      FROM script WHERE s.id = script.id AND script.may_write AND script.categories_known
    )
    SELECT EXISTS (SELECT 1 FROM script) AS known, EXISTS (SELECT 1 FROM script WHERE may_write) AS may_write,
           EXISTS (SELECT 1 FROM script WHERE categories_known) AS categories_known`;
  if (row === undefined || !row.known) return 'unknown script';
  if (!row.may_write) return 'not of the team';
  return row.categories_known ? 'updated' : 'unknown category';
}
