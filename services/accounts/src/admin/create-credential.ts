import { versionOf } from '@gatehouse/auth';
import { badParameter } from '@gatehouse/faults';
import { created } from '@gatehouse/http';
import Joi from 'joi';
import {
  assertKindOn,
  CREDENTIAL_KINDS,
  type CredentialKindName,
  issueCredential,
  issuedBodySchema,
  REST_API_SCOPES,
  toIssuedBody,
} from '../credentials/index.ts';
import { idParams, nativeEndpoint } from '../native-endpoint.ts';
import { lineSchema } from '../users/index.ts';
import type { AdminContext } from './admin-context.ts';

interface Body {
  readonly kind: CredentialKindName;
  readonly scopes?: readonly string[];
  readonly name?: string | null;
}

const scopes = Joi.array()
  .items(Joi.string().valid(...REST_API_SCOPES))
  .min(1)
  .unique();

/** `POST users/{id}/credentials`. A user has one phpstrap and one altercpa credential: making another stops the first at once. */
export const createCredential = ({ admit, deps }: AdminContext) =>
  nativeEndpoint({
    name: 'createCredential',
    method: 'POST',
    path: '/admin/v1/users/:id/credentials',
    summary: "Make a credential of a user; of phpstrap and altercpa it takes the old one's place",
    admit,
    params: idParams,
    body: Joi.object<Body>({
      kind: Joi.string()
        .valid(...CREDENTIAL_KINDS)
        .required(),
      scopes: scopes.description('Of rest-api only; rest-api:* unless told'),
      name: lineSchema(100),
    }),
    replies: { 201: issuedBodySchema },
    faults: ['NOT_FOUND', 'API_DISABLED'],
    async handle({ db, params: { id }, body, now, afterCommit }) {
      if (body.scopes !== undefined && body.kind !== 'rest-api') throw badParameter('scopes', 'is for the kind rest-api only');
      await assertKindOn(db, body.kind);
      const issued = await issueCredential(db, { ...body, userId: id, now });
      afterCommit(() => deps.versions.touch([versionOf.user(id)]));
      return created(toIssuedBody(body.kind, issued));
    },
  });
