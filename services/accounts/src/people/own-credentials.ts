import { versionOf } from '@gatehouse/auth';
import { Fault } from '@gatehouse/faults';
import { created, MAX_ID, noContent, ok, PAGE_SCHEMAS, type PageQuery, pageSchema, readCursor, toPage } from '@gatehouse/http';
import Joi from 'joi';
import {
  assertKindOn,
  credentialBodySchema,
  issuedBodySchema,
  listCredentials,
  revokeCredential,
  rotateCredential,
  toCredentialBody,
  toIssuedBody,
} from '../credentials/index.ts';
import { nativeEndpoint } from '../native-endpoint.ts';
import type { PeopleContext } from './people-context.ts';

/** `GET credentials`: one's own live ones, by id. */
export const listOwnCredentials = ({ signedIn }: PeopleContext) =>
  nativeEndpoint({
    name: 'listMyCredentials',
    method: 'GET',
    path: '/accounts/v1/credentials',
    summary: 'Your live credentials',
    admit: signedIn,
    query: Joi.object<PageQuery>(PAGE_SCHEMAS),
    replies: { 200: pageSchema(credentialBodySchema) },
    faults: [],
    async handle({ db, principal, query: { limit, cursor } }) {
      const afterId = Math.min(readCursor(cursor, 1)?.[0] ?? 0, MAX_ID);
      const rows = await listCredentials(db, { userId: principal.id, afterId, limit: limit + 1 });
      return ok(toPage(rows, limit, ({ id }) => [id], toCredentialBody));
    },
  });

/** `POST token`: the phpstrap token, in the place of the old one. */
export const rotateToken = (context: PeopleContext) =>
  rotating(context, 'phpstrap', {
    name: 'rotateMyToken',
    path: '/accounts/v1/token',
    summary: "Make your phpstrap token; it takes the old one's place at once",
  });

/** `POST altercpa-key`: the altercpa key, in the place of the old one. */
export const rotateAltercpaKey = (context: PeopleContext) =>
  rotating(context, 'altercpa', {
    name: 'rotateMyAltercpaKey',
    path: '/accounts/v1/altercpa-key',
    summary: "Make your altercpa key; it takes the old one's place at once",
  });

/** `DELETE token`: works also while phpstrap is switched off. */
export const revokeToken = ({ deps, signedIn }: PeopleContext) =>
  nativeEndpoint({
    name: 'revokeMyToken',
    method: 'DELETE',
    path: '/accounts/v1/token',
    summary: 'Revoke your phpstrap token at once',
    admit: signedIn,
    replies: { 204: null },
    faults: ['NOT_FOUND'],
    async handle({ db, principal: { id }, now, afterCommit }) {
      const revoked = await revokeCredential(db, { userId: id, kind: 'phpstrap', now });
      if (revoked === null) throw new Fault('NOT_FOUND', { detail: 'You have no token.' });
      afterCommit(() => deps.versions.touch([versionOf.user(id)]));
      return noContent();
    },
  });

interface Named {
  readonly name: string;
  readonly path: string;
  readonly summary: string;
}

const rotating = ({ deps, signedIn }: PeopleContext, kind: 'phpstrap' | 'altercpa', named: Named) =>
  nativeEndpoint({
    ...named,
    method: 'POST',
    admit: signedIn,
    replies: { 201: issuedBodySchema },
    faults: ['API_DISABLED'],
    async handle({ db, principal: { id }, now, afterCommit }) {
      await assertKindOn(db, kind);
      const issued = await rotateCredential(db, { userId: id, kind, now });
      afterCommit(() => deps.versions.touch([versionOf.user(id)]));
      return created(toIssuedBody(kind, issued));
    },
  });
