import { canonicalAddress, dateTimeSchema, ok, PAGE_SCHEMAS, type PageQuery, pageSchema, readCursor, toPage } from '@gatehouse/http';
import Joi from 'joi';
import { nativeEndpoint } from '../native-endpoint.ts';
import { timeSchema } from '../users/index.ts';
import type { AdminContext } from './admin-context.ts';
import { type AuditEntryRow, findAudit } from './audit-repository.ts';

interface Query extends PageQuery {
  readonly dialect?: string;
  readonly endpoint?: string;
  readonly principal?: string;
  readonly outcome?: string;
  readonly address?: string;
  readonly from?: Date;
  readonly to?: Date;
}

const text = Joi.string().min(1).max(200);

/** `GET audit`: newest first. What this process has still to write is written first. */
export const listAudit = ({ admit, deps }: AdminContext) =>
  nativeEndpoint({
    name: 'listAudit',
    method: 'GET',
    path: '/admin/v1/audit',
    summary: 'Attempts at every API and writes of operators, newest first',
    admit,
    query: Joi.object<Query>({
      ...PAGE_SCHEMAS,
      dialect: text,
      endpoint: text,
      principal: text.description('Such as user:12, member:3, site:4, operator'),
      outcome: text.description('OK, or the code of the fault'),
      address: text,
      from: dateTimeSchema().description('The first moment'),
      to: dateTimeSchema().description('The first moment that is too late'),
    }),
    replies: { 200: pageSchema(entrySchema) },
    faults: [],
    async handle({ db, query: { limit, cursor, address, ...filter } }) {
      await deps.audit.flush();
      const before = readCursor(cursor, 2);
      const canonical = address === undefined ? undefined : (canonicalAddress(address) ?? address);
      const rows = await findAudit(db, { ...filter, address: canonical }, before, limit + 1);
      return ok(toPage(rows, limit, ({ at, id }) => [at.getTime(), Number(id)], toBody));
    },
  });

function toBody(row: AuditEntryRow) {
  return {
    id: Number(row.id),
    at: row.at,
    request_id: row.requestId,
    dialect: row.dialect,
    endpoint: row.endpoint,
    principal: row.principal,
    key_last4: row.keyLast4,
    address: row.address,
    outcome: row.outcome,
    status: row.status,
    duration_ms: row.durationMs,
  };
}

const entrySchema = Joi.object({
  id: Joi.number().integer().required(),
  at: timeSchema().required(),
  request_id: Joi.string().required(),
  dialect: Joi.string().required(),
  endpoint: Joi.string().required(),
  principal: Joi.string().allow(null).required(),
  key_last4: Joi.string().allow(null).required(),
  address: Joi.string().required(),
  outcome: Joi.string().required(),
  status: Joi.number().integer().required(),
  duration_ms: Joi.number().integer().required(),
});
