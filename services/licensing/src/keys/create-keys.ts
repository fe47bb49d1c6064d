import { newLicenceKey } from '@gatehouse/auth';
import type { Database } from '@gatehouse/db';
import type { KeyRecord } from './key-object.ts';
import { findKeyParents, insertKeys } from './key-repository.ts';
import { decideNewKey, type NewKeyBody } from './new-key.ts';

/** An order of keys that are all alike. */
export interface KeyOrder {
  readonly userId: number;
  readonly amount: number;
  readonly body: NewKeyBody;
  readonly now: Date;
  /** Draws a key value; a test may make it draw one that is taken. */
  readonly drawValue?: () => string;
}

/**
 * Makes keys, all of them or none. A value that is taken already (1 in 10^19 at a million keys) is drawn again.
 * @throws Fault as `decideNewKey`
 */
export async function createKeys(db: Database, { userId, amount, body, now, drawValue = newLicenceKey }: KeyOrder): Promise<KeyRecord[]> {
  const parents = await findKeyParents(db, userId, { providerId: body.provider_id, serviceId: body.service_id ?? null });
  const key = decideNewKey(body, parents, now);
  const draw = (count: number) => Array.from({ length: count }, drawValue);
  const made = await insertKeys(db, userId, key, draw(amount));
  while (made.length < amount) made.push(...(await insertKeys(db, userId, key, draw(amount - made.length))));
  return made;
}
