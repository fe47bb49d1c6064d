import { versionOf } from '@gatehouse/auth';
import type { ServiceDeps } from '@gatehouse/service';
import type { Licence } from './licence-repository.ts';

/** Tells all processes that a key, and what its member may do with it, is no longer as it was. */
export async function licenceChanged({ versions }: ServiceDeps, { id, member_id, former_member_id }: Licence): Promise<void> {
  const members = [member_id, former_member_id].filter((memberId) => memberId !== null);
  await versions.touch([versionOf.licence(id), ...members.map(versionOf.user)]);
}
