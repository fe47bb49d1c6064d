import { Fault } from '@gatehouse/faults';
import { type Attempt, dateTimeSchema, INTERNAL_HEADERS, noContent, type Route, validate } from '@gatehouse/http';
import Joi from 'joi';
import type { AuditWriter } from './audit-writer.ts';

/** The dialect of calls that no client can make; they are no attempts at an API themselves. */
export const INTERNAL_DIALECT = 'internal';

/** Where the gateway, which has no database, hands in the attempts that it refused itself. */
export const ATTEMPTS_PATH = '/internal/attempts';

const MOST_ATTEMPTS = 500;
const text = Joi.string().max(200).required();

const bodySchema = Joi.object<{ readonly attempts: readonly Attempt[] }>({
  attempts: Joi.array()
    .max(MOST_ATTEMPTS)
    .required()
    .items(
      Joi.object({
        at: dateTimeSchema().required(),
        requestId: text,
        dialect: text,
        endpoint: text,
        method: text,
        address: text.allow(''),
        outcome: text,
        status: Joi.number().integer().min(100).max(599).required(),
        durationMs: Joi.number().min(0).max(86_400_000).required(),
      }),
    ),
});

/** `POST /internal/attempts` of every service. A call that stands for a client, whatever its path, is told that there is nothing. */
export function attemptsRoute(audit: AuditWriter): Route {
  return {
    dialect: INTERNAL_DIALECT,
    path: ATTEMPTS_PATH,
    name: 'takeAttempts',
    methods: ['POST'],
    async handle(request) {
      if (request.header(INTERNAL_HEADERS.address) !== undefined) throw new Fault('UNKNOWN_ROUTE');
      const { attempts } = validate(bodySchema, (await request.body()).fields, { convert: false, unknown: 'refuse' });
      for (const attempt of attempts) audit.record(attempt);
      return noContent();
    },
  };
}
