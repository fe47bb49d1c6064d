import { type Database, Prisma, type Vault } from '@gatehouse/db';
import { Fault } from '@gatehouse/faults';
import { sealSecret } from '../sealed-secrets.ts';

/** An access point or router of a site that speaks RADIUS, without its secret. */
export interface NasEntry {
  readonly id: number;
  readonly name: string;
  /** An address, or a network in CIDR form. */
  readonly address: string;
  readonly requireMessageAuthenticator: boolean;
  readonly createdAt: Date;
}

/** What is stored of an access point when it is made. */
export interface NewNas {
  readonly siteId: number;
  readonly name: string;
  readonly address: string;
  readonly secret: string;
  readonly requireMessageAuthenticator: boolean;
  readonly now: Date;
}

// abbrev() shows an address as it is, and a network with its length.
const COLUMNS = Prisma.sql`id, name, abbrev(address) AS address, require_message_authenticator AS "requireMessageAuthenticator", created_at AS "createdAt"`;

/** @throws Fault CONFLICT when the address is listed already, for whichever site: RADIUS knows a device by it alone */
export async function insertNas(db: Database, vault: Vault, nas: NewNas): Promise<NasEntry> {
  const sealed = sealSecret(vault, nas.secret, { kind: 'nas', siteId: nas.siteId });
  const [row] = await db.query<NasEntry>`
    INSERT INTO nas (site_id, name, address, secret, require_message_authenticator, created_at)
    VALUES (${nas.siteId}, ${nas.name}, network(${nas.address}::inet)::inet, ${sealed}, ${nas.requireMessageAuthenticator}, ${nas.now})
    ON CONFLICT (address) DO NOTHING
    RETURNING ${COLUMNS}`;
  if (row === undefined) throw new Fault('CONFLICT', { detail: 'This address is listed already.' });
  return row;
}

/** By id, upwards, after `afterId`. */
export function listNas(db: Database, siteId: number, afterId: number, limit: number): Promise<NasEntry[]> {
  return db.query<NasEntry>`SELECT ${COLUMNS} FROM nas WHERE site_id = ${siteId} AND id > ${afterId} ORDER BY id LIMIT ${limit}`;
}

/** What an operator may change of an access point. */
export interface NasPatch {
  readonly name?: string | undefined;
  readonly secret?: string | undefined;
  readonly requireMessageAuthenticator?: boolean | undefined;
}

/** Members that are left out stay as they are. @throws Fault NOT_FOUND */
export async function updateNas(db: Database, vault: Vault, siteId: number, id: number, patch: NasPatch): Promise<NasEntry> {
  const secret = patch.secret === undefined ? null : sealSecret(vault, patch.secret, { kind: 'nas', siteId });
  const [row] = await db.query<NasEntry>`
    UPDATE nas SET name = COALESCE(${patch.name ?? null}, name), secret = COALESCE(${secret}, secret),
      require_message_authenticator = COALESCE(${patch.requireMessageAuthenticator ?? null}, require_message_authenticator)
    WHERE id = ${id} AND site_id = ${siteId} RETURNING ${COLUMNS}`;
  if (row === undefined) throw nasNotFound();
  return row;
}

/** @throws Fault NOT_FOUND */
export async function deleteNas(db: Database, siteId: number, id: number): Promise<void> {
  if ((await db.execute`DELETE FROM nas WHERE id = ${id} AND site_id = ${siteId}`) === 0) throw nasNotFound();
}

function nasNotFound(): Fault {
  return new Fault('NOT_FOUND', { detail: 'NAS not found' });
}
