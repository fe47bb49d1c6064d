import Joi from 'joi';
import { timeSchema } from '../users/index.ts';
import { CREDENTIAL_KINDS, type CredentialKindName } from './credential-kinds.ts';
import type { IssuedCredential } from './issue-credential.ts';
import type { CredentialRow } from './list-credentials.ts';

/** A credential just made, with its secret for this once. */
export function toIssuedBody(kind: CredentialKindName, { id, secret }: IssuedCredential) {
  return { id, kind, secret };
}

/** The schema of what {@link toIssuedBody} gives. */
export const issuedBodySchema = Joi.object({
  id: Joi.number().integer().required(),
  kind: Joi.string()
    .valid(...CREDENTIAL_KINDS)
    .required(),
  secret: Joi.string().required().description('Shown this once'),
});

/** A credential as lists show it. */
export function toCredentialBody(row: CredentialRow) {
  return {
    id: row.id,
    kind: row.kind,
    name: row.name,
    scopes: row.scopes,
    prefix: row.prefix,
    last4: row.last4,
    created_at: row.createdAt,
    last_used_at: row.lastUsedAt,
  };
}

/** The schema of what {@link toCredentialBody} gives. */
export const credentialBodySchema = Joi.object({
  id: Joi.number().integer().required(),
  kind: Joi.string()
    .valid(...CREDENTIAL_KINDS)
    .required(),
  name: Joi.string().allow(null).required(),
  scopes: Joi.array().items(Joi.string()).required(),
  prefix: Joi.string().required().description('How the secret begins'),
  last4: Joi.string().required().description('How the secret ends'),
  created_at: timeSchema().required(),
  last_used_at: timeSchema().allow(null).required(),
});
