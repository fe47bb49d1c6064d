import { versionOf } from '@gatehouse/auth';
import { Fault } from '@gatehouse/faults';
import { created, done, ok } from '@gatehouse/http';
import type { ServiceDeps } from '@gatehouse/service';
import Joi from 'joi';
import type { ApiKeyAdmits } from '../api-key.ts';
import { dateTimeSchema, hwidSchema, idParams, isoTime, textSchema, timeReplySchema } from '../fields.ts';
import { licensingEndpoint } from '../licensing-endpoint.ts';
import {
  deleteHwidBan,
  endHwidSessions,
  findHwidBan,
  type HwidBanRecord,
  insertHwidBan,
  invalidateHwidKeys,
  listHwidBans,
  updateHwidBan,
} from './hwid-ban-repository.ts';

interface HwidBanBody {
  readonly hwid: string;
  readonly reason: string | null;
  readonly expires_at: Date | null;
  readonly invalidate_keys: boolean;
}

const fields = { reason: textSchema(500).allow(null, ''), expires_at: dateTimeSchema().allow(null) };

const hwidBanSchema = Joi.object({
  id: Joi.number().integer().required(),
  hwid: Joi.string().required(),
  reason: Joi.string().allow(null, '').required(),
  expires_at: timeReplySchema().required(),
  created_at: timeReplySchema().required(),
});

/** The endpoints under `/hwid-bans`: machines that a seller refuses. Programs on them are answered HWID_BANNED at once. */
export function hwidBanEndpoints(deps: ServiceDeps, { read, write }: ApiKeyAdmits) {
  const list = licensingEndpoint({
    name: 'listHwidBans',
    method: 'GET',
    path: '/hwid-bans',
    summary: 'List banned machines',
    admit: read,
    query: Joi.object<{ limit: number; offset: number }>({
      limit: Joi.number().integer().min(1).max(500).default(100),
      offset: Joi.number().integer().min(0).max(2_147_483_647).default(0),
    }),
    replies: {
      200: Joi.object({
        hwid_bans: Joi.array().items(hwidBanSchema).required(),
        pagination: Joi.object({
          limit: Joi.number().required(),
          offset: Joi.number().required(),
          total: Joi.number().required(),
        }).required(),
      }),
    },
    faults: [],
    async handle({ principal, query: { limit, offset }, db }) {
      const { bans, total } = await listHwidBans(db, principal.id, { limit, offset });
      return ok({ hwid_bans: bans.map(toHwidBanObject), pagination: { limit, offset, total } });
    },
  });
  const create = licensingEndpoint({
    name: 'createHwidBan',
    method: 'POST',
    path: '/hwid-bans',
    summary: 'Ban a machine; with invalidate_keys its keys are invalidated too',
    admit: write,
    body: Joi.object<HwidBanBody>({
      hwid: hwidSchema().required(),
      reason: fields.reason.default(null),
      expires_at: fields.expires_at.default(null),
      invalidate_keys: Joi.boolean().default(false),
    }),
    replies: { 201: Joi.object({ hwid_ban: hwidBanSchema.required(), invalidated: Joi.number().integer().required() }) },
    faults: ['CONFLICT', 'IDEMPOTENCY_MISMATCH'],
    async handle({ principal, body: { hwid, reason, expires_at, invalidate_keys }, now, db, afterCommit }) {
      const { ban, invalidated } = await db.tx(async (tx) => {
        const made = await insertHwidBan(tx, principal.id, { hwid, reason, expiresAt: expires_at, now });
        if (made === null) throw new Fault('CONFLICT', { detail: 'The HWID is banned already' });
        await endHwidSessions(tx, principal.id, hwid, now);
        return { ban: made, invalidated: invalidate_keys ? await invalidateHwidKeys(tx, principal.id, hwid) : [] };
      });
      if (invalidated.length > 0) afterCommit(() => deps.versions.touch(invalidated.map(versionOf.licence)));
      return created({ hwid_ban: toHwidBanObject(ban), invalidated: invalidated.length });
    },
  });
  const get = licensingEndpoint({
    name: 'getHwidBan',
    method: 'GET',
    path: '/hwid-bans/:id',
    summary: 'Get a banned machine',
    admit: read,
    params: idParams,
    replies: { 200: Joi.object({ hwid_ban: hwidBanSchema.required() }) },
    faults: ['NOT_FOUND'],
    async handle({ principal, params, db }) {
      const ban = await findHwidBan(db, principal.id, params.id);
      if (ban === null) throw hwidBanNotFound();
      return ok({ hwid_ban: toHwidBanObject(ban) });
    },
  });
  const update = licensingEndpoint({
    name: 'updateHwidBan',
    method: 'PUT',
    path: '/hwid-bans/:id',
    summary: 'Update the ban of a machine',
    admit: write,
    params: idParams,
    body: Joi.object<Partial<Pick<HwidBanBody, 'reason' | 'expires_at'>>>(fields),
    replies: { 200: null },
    faults: ['NOT_FOUND', 'IDEMPOTENCY_MISMATCH'],
    async handle({ principal, params, body: { reason, expires_at }, db }) {
      const change = { ...(reason === undefined ? {} : { reason }), ...(expires_at === undefined ? {} : { expiresAt: expires_at }) };
      if (!(await updateHwidBan(db, principal.id, params.id, change))) throw hwidBanNotFound();
      return done();
    },
  });
  const remove = licensingEndpoint({
    name: 'deleteHwidBan',
    method: 'DELETE',
    path: '/hwid-bans/:id',
    summary: 'Lift the ban of a machine',
    admit: write,
    params: idParams,
    replies: { 200: null },
    faults: ['NOT_FOUND', 'IDEMPOTENCY_MISMATCH'],
    async handle({ principal, params, db }) {
      if (!(await deleteHwidBan(db, principal.id, params.id))) throw hwidBanNotFound();
      return done();
    },
  });
  return [list, create, get, update, remove];
}

function toHwidBanObject({ id, hwid, reason, expiresAt, createdAt }: HwidBanRecord) {
  return { id, hwid, reason, expires_at: isoTime(expiresAt), created_at: createdAt.toISOString() };
}

function hwidBanNotFound(): Fault {
  return new Fault('NOT_FOUND', { detail: 'HWID ban not found' });
}
