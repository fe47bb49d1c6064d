import { noContent } from '@gatehouse/http';
import { idParams } from '../../fields.ts';
import { licensingEndpoint } from '../../licensing-endpoint.ts';
import type { AdminContext } from '../admin-context.ts';

/** `DELETE scripts/{id}`. */
export const deleteScript = ({ admit }: AdminContext) =>
  licensingEndpoint({
    name: 'deleteScript',
    method: 'DELETE',
    path: '/admin/v1/scripts/:id',
    summary: 'Delete a script',
    admit,
    params: idParams,
    replies: { 204: null },
    faults: ['NOT_FOUND', 'IDEMPOTENCY_MISMATCH'],
    async handle({ db, params: { id } }) {
      await db.prisma.script.delete({ where: { id } });
      return noContent();
    },
  });
