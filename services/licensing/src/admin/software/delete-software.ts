import { noContent } from '@gatehouse/http';
import { idParams } from '../../fields.ts';
import { licensingEndpoint } from '../../licensing-endpoint.ts';
import type { AdminContext } from '../admin-context.ts';

/** `DELETE software/{id}`: its scripts stay, without a software. */
export const deleteSoftware = ({ admit }: AdminContext) =>
  licensingEndpoint({
    name: 'deleteSoftware',
    method: 'DELETE',
    path: '/admin/v1/software/:id',
    summary: 'Delete a software; its scripts stay',
    admit,
    params: idParams,
    replies: { 204: null },
    faults: ['NOT_FOUND', 'IDEMPOTENCY_MISMATCH'],
    async handle({ db, params: { id } }) {
      await db.prisma.software.delete({ where: { id } });
      return noContent();
    },
  });
