import { created, idSchema } from '@gatehouse/http';
import Joi from 'joi';
import { licensingEndpoint } from '../../licensing-endpoint.ts';
import type { AdminContext } from '../admin-context.ts';
import { withReferences } from '../bad-reference.ts';
import { type SoftwareFields, softwareBodySchema, softwareFields, toSoftwareBody, toSoftwareData } from './software-body.ts';

/** `POST software`: a program of a seller, whose members then see it in the Web API. */
export const createSoftware = ({ admit }: AdminContext) =>
  licensingEndpoint({
    name: 'createSoftware',
    method: 'POST',
    path: '/admin/v1/software',
    summary: 'Add a software of a seller',
    admit,
    body: Joi.object<SoftwareFields & { readonly owner_id: number }>({
      ...softwareFields,
      owner_id: idSchema().required(),
      name: softwareFields.name.required(),
      version: softwareFields.version.required(),
    }),
    replies: { 201: softwareBodySchema },
    faults: ['CONFLICT', 'IDEMPOTENCY_MISMATCH'],
    async handle({ db, body: { owner_id: ownerId, name, version, ...rest }, now }) {
      const data = { ...toSoftwareData(rest), ownerId, name, version, createdAt: now, updatedAt: now };
      const references = { software_owner_id_fkey: ['owner_id', 'user'] } as const;
      return created(toSoftwareBody(await withReferences(references, () => db.prisma.software.create({ data }))));
    },
  });
