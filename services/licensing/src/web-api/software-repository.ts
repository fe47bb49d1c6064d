import type { Database } from '@gatehouse/db';

/** A software of a seller. */
export interface SoftwareRow {
  readonly id: number;
  readonly name: string;
  readonly version: string;
  readonly checksum_windows: string | null;
  readonly checksum_linux: string | null;
  readonly updated_at: Date;
}

/** All software of a seller, by name. */
export function findSoftware(db: Database, ownerId: number): Promise<SoftwareRow[]> {
  return db.query<SoftwareRow>`
    SELECT id, name, version, checksum_windows, checksum_linux, updated_at FROM software WHERE owner_id = ${ownerId} ORDER BY name`;
}

/** A software of a seller by its exact name. */
export async function findSoftwareByName(db: Database, ownerId: number, name: string): Promise<SoftwareRow | null> {
  const [row] = await db.query<SoftwareRow>`
    SELECT id, name, version, checksum_windows, checksum_linux, updated_at FROM software WHERE owner_id = ${ownerId} AND name = ${name}`;
  return row ?? null;
}
