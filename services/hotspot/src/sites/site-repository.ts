import { randomBytes } from 'node:crypto';
import type { Database, Site as SiteRow } from '@gatehouse/db';
import { Fault } from '@gatehouse/faults';
import type { Site, SitePatch } from './site.ts';

/** @throws Fault CONFLICT when the random host name is taken, which trying again mends */
export async function insertSite(db: Database, site: SitePatch & Pick<Site, 'name' | 'timezone'>, now: Date): Promise<Site> {
  return toSite(
    await db.prisma.site.create({
      data: { ...toColumns(site), name: site.name, timezone: site.timezone, slug: newSlug(), createdAt: now, updatedAt: now },
    }),
  );
}

/** Sites in the order of their ids, after `afterId`. */
export async function listSites(db: Database, afterId: number, limit: number): Promise<Site[]> {
  const rows = await db.prisma.site.findMany({ where: { id: { gt: afterId } }, orderBy: { id: 'asc' }, take: limit });
  return rows.map(toSite);
}

/** @throws Fault NOT_FOUND */
export async function loadSite(db: Database, id: number): Promise<Site> {
  const row = await db.prisma.site.findUnique({ where: { id } });
  if (row === null) throw siteNotFound();
  return toSite(row);
}

/** @throws Fault NOT_FOUND */
export async function assertSite(db: Database, id: number): Promise<void> {
  const found = await db.query`SELECT 1 FROM sites WHERE id = ${id}`;
  if (found.length === 0) throw siteNotFound();
}

/** @throws Fault NOT_FOUND */
export async function updateSite(db: Database, id: number, patch: SitePatch, now: Date): Promise<Site> {
  const [row] = await db.prisma.site.updateManyAndReturn({ where: { id }, data: { ...toColumns(patch), updatedAt: now } });
  if (row === undefined) throw siteNotFound();
  return toSite(row);
}

/** Gives a site another cloud host; the old one leads nowhere from then on. @throws Fault NOT_FOUND */
export async function redrawSlug(db: Database, id: number, now: Date): Promise<Site> {
  const [row] = await db.prisma.site.updateManyAndReturn({ where: { id }, data: { slug: newSlug(), updatedAt: now } });
  if (row === undefined) throw siteNotFound();
  return toSite(row);
}

/** Deletes a site and all that belongs to it. @throws Fault NOT_FOUND */
export async function deleteSite(db: Database, id: number): Promise<void> {
  if ((await db.execute`DELETE FROM sites WHERE id = ${id}`) === 0) throw siteNotFound();
}

/** A site as the rest of the service knows it, from its row. */
export function toSite(row: SiteRow): Site {
  return { ...row };
}

function siteNotFound(): Fault {
  return new Fault('NOT_FOUND', { detail: 'Site not found' });
}

function newSlug(): string {
  return randomBytes(5).toString('hex');
}

/** Prisma wants lists that it may change. */
function toColumns({ getAllowedCidrs, signInMethods, ...rest }: SitePatch) {
  return {
    ...rest,
    ...(getAllowedCidrs === undefined ? {} : { getAllowedCidrs: [...getAllowedCidrs] }),
    ...(signInMethods === undefined ? {} : { signInMethods: [...signInMethods] }),
  };
}
