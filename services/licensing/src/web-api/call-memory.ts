import { createVersionedCache, versionOf } from '@gatehouse/auth';
import type { ServiceDeps } from '@gatehouse/service';
import { type LoadedCall, loadCall } from './load-caller.ts';

/** What was last loaded of the holders of keys, so that a caller who may go on costs no query. */
export interface CallMemory {
  /**
   * What a call is judged by; null when the key is nobody's. A refusal must be asked anew with `loadCall`: what lets a caller in
   * (activity of the account, a heartbeat, a lifted ban) is noted without a new version; what shuts one out never is.
   * @param keyValue a well-formed licence key
   */
  recall(keyValue: string, network: string): Promise<LoadedCall | null>;
}

/** Makes the memory of one process. It stands with the key, its member, its seller and the bans; see `createVersionedCache`. */
export function createCallMemory({ db, versions, clock }: Pick<ServiceDeps, 'db' | 'versions' | 'clock'>): CallMemory {
  const cache = createVersionedCache<LoadedCall>({
    versions,
    async lookup(id) {
      const [keyValue = '', network = ''] = id.split(' ');
      const loaded = await loadCall(db, keyValue, network, clock());
      return loaded.caller === null ? null : loaded;
    },
    namesOf: ({ caller }) => [versionOf.bans, ...(caller === null ? [] : namesOfCaller(caller))],
  });
  return { recall: (keyValue, network) => cache.get(`${keyValue} ${network}`) };
}

function namesOfCaller({ key, member }: NonNullable<LoadedCall['caller']>): string[] {
  const users = member === null ? [key.ownerId] : [key.ownerId, member.id];
  return [versionOf.licence(key.id), ...users.map(versionOf.user)];
}
