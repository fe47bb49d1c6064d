import { ok } from '@gatehouse/http';
import Joi from 'joi';
import { idParams } from '../../fields.ts';
import { licensingEndpoint } from '../../licensing-endpoint.ts';
import type { AdminContext } from '../admin-context.ts';
import { type SoftwareFields, softwareBodySchema, softwareFields, toSoftwareBody, toSoftwareData } from './software-body.ts';

/** `PATCH software/{id}`: a new version, say; members see when it came. */
export const updateSoftware = ({ admit }: AdminContext) =>
  licensingEndpoint({
    name: 'updateSoftware',
    method: 'PATCH',
    path: '/admin/v1/software/:id',
    summary: 'Change a software',
    admit,
    params: idParams,
    body: Joi.object<Partial<SoftwareFields>>(softwareFields).min(1),
    replies: { 200: softwareBodySchema },
    faults: ['NOT_FOUND', 'CONFLICT', 'IDEMPOTENCY_MISMATCH'],
    async handle({ db, params: { id }, body, now }) {
      const software = await db.prisma.software.update({ where: { id }, data: { ...toSoftwareData(body), updatedAt: now } });
      return ok(toSoftwareBody(software));
    },
  });
