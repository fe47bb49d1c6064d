import { badParameter, Fault } from '@gatehouse/faults';
import { MAX_ID } from '@gatehouse/http';
import Joi from 'joi';
import type { KeyName } from './key-repository.ts';

/** The form of a key value: four groups of four, A–Z and 0–9. */
export const KEY_VALUE = /^[A-Z0-9]{4}(-[A-Z0-9]{4}){3}$/;

/** `{keyId}` of a path. */
export const keyIdParams = Joi.object<{ keyId: string }>({ keyId: Joi.string().required() });

/**
 * Reads `{keyId}`: digits alone are an id, anything else a key value (keys.md).
 * @throws Fault BAD_PARAMETER (an id that no row can have), NOT_FOUND (a value that no key can have)
 */
export function readKeyName(keyId: string): KeyName {
  if (/^\d+$/.test(keyId)) {
    const id = Number(keyId);
    if (id < 1 || id > MAX_ID) throw badParameter('keyId', `must be from 1 to ${MAX_ID}`);
    return { id };
  }
  if (!KEY_VALUE.test(keyId)) throw keyNotFound();
  return { value: keyId };
}

/** The one answer for a key that does not exist and for one that is another seller's. */
export function keyNotFound(): Fault {
  return new Fault('NOT_FOUND', { detail: 'Key not found' });
}
