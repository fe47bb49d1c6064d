import type { Database } from '@gatehouse/db';
import { Fault } from '@gatehouse/faults';
import { insertService, type ServiceFields, type ServiceRecord } from './service-repository.ts';
import { numberedSlug, slugOf } from './service-slug.ts';

const ATTEMPTS_AT_MOST = 100;

/**
 * Makes a service. Without a slug one is made of the name, numbered when the seller has it already.
 * @throws Fault CONFLICT when the slug that was asked for is taken
 */
export async function createService(
  db: Database,
  userId: number,
  { slug, ...fields }: Omit<ServiceFields, 'slug'> & { readonly slug: string | null },
  now: Date,
): Promise<ServiceRecord> {
  const base = slug ?? slugOf(fields.name);
  const attempts = slug === null ? ATTEMPTS_AT_MOST : 1;
  for (let attempt = 1; attempt <= attempts; attempt += 1) {
    const service = await insertService(db, userId, { ...fields, slug: numberedSlug(base, attempt) }, now);
    if (service !== null) return service;
  }
  throw new Fault('CONFLICT', { detail: 'The slug is taken' });
}
