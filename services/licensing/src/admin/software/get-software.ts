import { Fault } from '@gatehouse/faults';
import { ok } from '@gatehouse/http';
import { idParams } from '../../fields.ts';
import { licensingEndpoint } from '../../licensing-endpoint.ts';
import type { AdminContext } from '../admin-context.ts';
import { softwareBodySchema, toSoftwareBody } from './software-body.ts';

/** `GET software/{id}`. */
export const getSoftware = ({ admit }: AdminContext) =>
  licensingEndpoint({
    name: 'getSoftware',
    method: 'GET',
    path: '/admin/v1/software/:id',
    summary: 'One software',
    admit,
    params: idParams,
    replies: { 200: softwareBodySchema },
    faults: ['NOT_FOUND'],
    async handle({ db, params: { id } }) {
      const software = await db.prisma.software.findUnique({ where: { id } });
      if (software === null) throw new Fault('NOT_FOUND', { detail: 'Software not found' });
      return ok(toSoftwareBody(software));
    },
  });
