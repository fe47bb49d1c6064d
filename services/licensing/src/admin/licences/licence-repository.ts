import type { Database } from '@gatehouse/db';
import { Fault } from '@gatehouse/faults';
import Joi from 'joi';

/** What operators steer of a licence key. */
export interface Licence {
  readonly id: number;
  readonly owner_id: number;
  readonly member_id: number | null;
  readonly is_secret: boolean;
  readonly last4: string;
  /** Whose it was before the change. */
  readonly former_member_id: number | null;
}

/** A licence key in a reply: of the key itself its last four characters. */
export const licenceBodySchema = Joi.object({
  id: Joi.number().integer().required(),
  owner_id: Joi.number().integer().required(),
  member_id: Joi.number().integer().allow(null).required(),
  is_secret: Joi.boolean().required(),
  last4: Joi.string().required(),
});

/** A licence key as operators see it. */
export function toLicenceBody({ id, owner_id, member_id, is_secret, last4 }: Licence) {
  return { id, owner_id, member_id, is_secret, last4 };
}

/**
 * Says whose key it is.
 * @param memberId null: nobody's
 * @throws Fault NOT_FOUND
 */
export async function setLicenceMember(db: Database, id: number, memberId: number | null): Promise<Licence> {
  const [row] = await db.query<Licence>`
    WITH before AS (SELECT id, member_id FROM licence_keys WHERE id = ${id} FOR UPDATE)
    UPDATE licence_keys k SET member_id = ${memberId} FROM before WHERE k.id = before.id
    RETURNING k.id, k.user_id AS owner_id, k.member_id, k.is_secret, right(k.key_value, 4) AS last4, before.member_id AS former_member_id`;
  return found(row);
}

/**
 * Says whether the key opens the methods for sellers.
 * @throws Fault NOT_FOUND
 */
export async function setLicenceSecret(db: Database, id: number, isSecret: boolean): Promise<Licence> {
  const [row] = await db.query<Licence>`
    UPDATE licence_keys SET is_secret = ${isSecret} WHERE id = ${id}
    RETURNING id, user_id AS owner_id, member_id, is_secret, right(key_value, 4) AS last4, member_id AS former_member_id`;
  return found(row);
}

function found(row: Licence | undefined): Licence {
  if (row === undefined) throw new Fault('NOT_FOUND', { detail: 'Key not found' });
  return row;
}
