import { ForeignKeyViolation } from '@gatehouse/db';
import { Fault } from '@gatehouse/faults';
import Joi from 'joi';

/** `?force=true`: delete a provider or a service together with its keys (keys.md). */
export const forceQuery = Joi.object<{ force: boolean }>({ force: Joi.boolean().default(false) });

/** Says that something has keys where the database only says that something points at it. */
export function refuseWithKeys(detail: string): (error: unknown) => never {
  return (error) => {
    throw error instanceof ForeignKeyViolation ? new Fault('CONFLICT', { detail, cause: error }) : error;
  };
}
