import { versionOf } from '@gatehouse/auth';
import { Fault } from '@gatehouse/faults';
import { noContent } from '@gatehouse/http';
import { idParams } from '../../fields.ts';
import { licensingEndpoint } from '../../licensing-endpoint.ts';
import { liftBan } from '../../web-api/address-bans.ts';
import type { AdminContext } from '../admin-context.ts';

/** `DELETE bans/{id}`: lets an address in again and clears its count of wrong keys. */
export const liftBanEndpoint = ({ admit, deps }: AdminContext) =>
  licensingEndpoint({
    name: 'liftBan',
    method: 'DELETE',
    path: '/admin/v1/bans/:id',
    summary: 'Lift a ban and clear the count of wrong keys',
    admit,
    params: idParams,
    replies: { 204: null },
    faults: ['NOT_FOUND', 'IDEMPOTENCY_MISMATCH'],
    async handle({ db, params: { id }, now, afterCommit }) {
      const address = await liftBan(db, id, now);
      if (address === null) throw new Fault('NOT_FOUND', { detail: 'Ban not found' });
      afterCommit(() => deps.versions.touch([versionOf.bans]));
      return noContent();
    },
  });
