import { type Database, Prisma } from '@gatehouse/db';
import { badParameter, Fault } from '@gatehouse/faults';
import { withReferences } from '../bad-reference.ts';
import type { ScriptFields } from './script-body.ts';

/** A script with what hangs on it, as operators see it. */
export interface ScriptRecord {
  readonly id: number;
  readonly owner_id: number;
  readonly author_id: number | null;
  readonly software_id: number | null;
  readonly name: string;
  readonly content: string;
  readonly notes: string;
  readonly core: boolean;
  readonly forums: string | null;
  readonly library: boolean;
  readonly categories: readonly { readonly id: number; readonly name: string }[];
  readonly team: readonly number[];
  readonly created_at: Date;
  readonly updated_at: Date;
}

const COLUMNS = Prisma.sql`
  s.id, s.owner_id, s.author_id, s.software_id, s.name, s.notes, s.core, s.forums, s.library, s.created_at, s.updated_at,
  ARRAY(SELECT t.user_id FROM script_team t WHERE t.script_id = s.id ORDER BY t.user_id) AS team,
  COALESCE((SELECT jsonb_agg(jsonb_build_object('id', c.id, 'name', c.name) ORDER BY wanted.place)
            FROM unnest(s.categories) WITH ORDINALITY AS wanted(id, place)
            JOIN script_categories c ON c.id = wanted.id), '[]') AS categories`;

/** Scripts by id, without their sources. */
export function findScripts(
  db: Database,
  { afterId, ownerId, limit }: { afterId: number; ownerId: number | undefined; limit: number },
): Promise<ScriptRecord[]> {
  return db.query<ScriptRecord>`
    SELECT ${COLUMNS}, '' AS content FROM scripts s
    WHERE s.id > ${afterId}::bigint AND (${ownerId ?? null}::int IS NULL OR s.owner_id = ${ownerId ?? null}::int)
    ORDER BY s.id LIMIT ${limit}`;
}

/** @throws Fault NOT_FOUND */
export async function readScript(db: Database, id: number): Promise<ScriptRecord> {
  const [row] = await db.query<ScriptRecord>`SELECT ${COLUMNS}, s.content FROM scripts s WHERE s.id = ${id}`;
  if (row === undefined) throw new Fault('NOT_FOUND', { detail: 'Script not found' });
  return row;
}

const REFERENCES = {
  scripts_owner_id_fkey: ['owner_id', 'user'],
  scripts_author_id_fkey: ['author_id', 'user'],
  script_team_user_id_fkey: ['team', 'user'],
  script_categories_owner_id_fkey: ['owner_id', 'user'],
} as const;

/** @throws Fault BAD_PARAMETER for an owner, author, software or member of the team that is not there */
export function insertScript(db: Database, ownerId: number, fields: ScriptFields, now: Date): Promise<ScriptRecord> {
  const { name, categories = [], team = [] } = fields;
  return withReferences(REFERENCES, () =>
    db.tx(async (tx) => {
      await checkSoftware(tx, ownerId, fields.software_id);
      const ids = await nameCategories(tx, ownerId, categories);
      const data = { ...toData(fields), name, ownerId, categories: ids, createdAt: now, updatedAt: now };
      const { id } = await tx.prisma.script.create({ data, select: { id: true } });
      await setTeam(tx, id, team);
      return readScript(tx, id);
    }),
  );
}

/** @throws Fault NOT_FOUND, BAD_PARAMETER as {@link insertScript} does */
export function changeScript(db: Database, id: number, fields: Partial<ScriptFields>, now: Date): Promise<ScriptRecord> {
  const { categories, team } = fields;
  return withReferences(REFERENCES, () =>
    db.tx(async (tx) => {
      const [script] = await tx.query<{ owner_id: number }>`SELECT owner_id FROM scripts WHERE id = ${id} FOR UPDATE`;
      if (script === undefined) throw new Fault('NOT_FOUND', { detail: 'Script not found' });
      await checkSoftware(tx, script.owner_id, fields.software_id);
      const ids = categories === undefined ? {} : { categories: await nameCategories(tx, script.owner_id, categories) };
      await tx.prisma.script.update({ where: { id }, data: { ...toData(fields), ...ids, updatedAt: now } });
      if (team !== undefined) await setTeam(tx, id, team);
      return readScript(tx, id);
    }),
  );
}

/** A script is of a software of its own seller or of none. */
async function checkSoftware(tx: Database, ownerId: number, softwareId: number | null | undefined): Promise<void> {
  if (softwareId === null || softwareId === undefined) return;
  const found = await tx.query`SELECT id FROM software WHERE id = ${softwareId} AND owner_id = ${ownerId} FOR KEY SHARE`;
  if (found.length === 0) throw badParameter('software_id', 'is not the id of a software of this owner');
}

/** The ids of a seller's categories, in the order of the names; new names become categories. */
async function nameCategories(tx: Database, ownerId: number, names: readonly string[]): Promise<number[]> {
  if (names.length === 0) return [];
  const wanted = [...names];
  await tx.execute`
    INSERT INTO script_categories (owner_id, name) SELECT ${ownerId}::int, name FROM unnest(${wanted}::text[]) AS wanted(name) ORDER BY name
    ON CONFLICT (owner_id, name) DO NOTHING`;
  const rows = await tx.query<{ id: number }>`
    SELECT c.id FROM unnest(${wanted}::text[]) WITH ORDINALITY AS wanted(name, place)
    JOIN script_categories c ON c.owner_id = ${ownerId} AND c.name = wanted.name ORDER BY wanted.place`;
  return rows.map(({ id }) => id);
}

async function setTeam(tx: Database, scriptId: number, team: readonly number[]): Promise<void> {
  await tx.prisma.scriptTeam.deleteMany({ where: { scriptId, userId: { notIn: [...team] } } });
  await tx.execute`
    INSERT INTO script_team (script_id, user_id) SELECT ${scriptId}::int, id FROM unnest(${[...team]}::int[]) AS wanted(id) ORDER BY id
    ON CONFLICT DO NOTHING`;
}

/** The columns of what was sent; what was not sent stays out. */
function toData({ name, author_id, software_id, content, notes, core, forums, library }: Partial<ScriptFields>) {
  return {
    ...(name === undefined ? {} : { name }),
    ...(author_id === undefined ? {} : { authorId: author_id }),
    ...(software_id === undefined ? {} : { softwareId: software_id }),
    ...(content === undefined ? {} : { content }),
    ...(notes === undefined ? {} : { notes }),
    ...(core === undefined ? {} : { core }),
    ...(forums === undefined ? {} : { forums }),
    ...(library === undefined ? {} : { library }),
  };
}
