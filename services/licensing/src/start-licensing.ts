import type { ServiceDeps, ServiceParts } from '@gatehouse/service';
import { createLicensing } from './create-licensing.ts';
import { startUpkeep } from './upkeep.ts';
import { ensureSigningKey } from './verify/signing-key-repository.ts';

/** Starts the licensing service; the first start makes the key pair that signs verify answers. */
export async function startLicensing(deps: ServiceDeps): Promise<ServiceParts> {
  await ensureSigningKey(deps.db, deps.vault, deps.clock());
  return { routes: createLicensing(deps), background: [startUpkeep(deps)] };
}
