import { versionOf } from '@gatehouse/auth';
import { badParameter } from '@gatehouse/faults';
import { ok } from '@gatehouse/http';
import type { ServiceDeps } from '@gatehouse/service';
import Joi from 'joi';
import type { ApiKeyAdmits } from '../api-key.ts';
import { idSchema, textSchema } from '../fields.ts';
import { licensingEndpoint } from '../licensing-endpoint.ts';
import { deleteKeys } from './change-key-repository.ts';

interface DeleteKeysBody {
  readonly ids: readonly number[];
  readonly keys: readonly string[];
}

const MAX_NAMED = 1000;

/** `POST /keys/bulk-delete`: deletes up to 1000 keys, named by id or value, in one statement; says which were not there. */
export function deleteKeysEndpoint(deps: ServiceDeps, { write }: ApiKeyAdmits) {
  return licensingEndpoint({
    name: 'deleteKeys',
    method: 'POST',
    path: '/keys/bulk-delete',
    summary: 'Delete multiple keys by IDs or key values',
    admit: write,
    body: Joi.object<DeleteKeysBody>({
      ids: Joi.array().items(idSchema()).max(MAX_NAMED).default([]),
      keys: Joi.array().items(textSchema()).max(MAX_NAMED).default([]),
    }),
    replies: {
      200: Joi.object({
        deleted: Joi.number().integer().required(),
        not_found: Joi.array().items(Joi.number().integer(), Joi.string()).required(),
      }),
    },
    faults: ['IDEMPOTENCY_MISMATCH'],
    async handle({ principal, body: { ids, keys }, db, afterCommit }) {
      const named = ids.length + keys.length;
      if (named < 1 || named > MAX_NAMED)
        throw badParameter(keys.length > 0 ? 'keys' : 'ids', `must be 1 to ${MAX_NAMED} in all, ids and keys together`);
      const gone = await deleteKeys(db, principal.id, { ids, values: keys });
      if (gone.length > 0) afterCommit(() => deps.versions.touch(gone.map(({ id }) => versionOf.licence(id))));
      const goneIds = new Set(gone.map(({ id }) => id));
      const goneValues = new Set(gone.map(({ value }) => value));
      const missing = [...new Set(ids.filter((id) => !goneIds.has(id))), ...new Set(keys.filter((value) => !goneValues.has(value)))];
      return ok({ deleted: gone.length, not_found: missing });
    },
  });
}
