import type { FaultCode } from '@gatehouse/faults';
import { type Caller, inNetworks } from '@gatehouse/http';
import type { Site } from '../sites/site.ts';

/** How a call with a right key came. */
export interface Arrival {
  readonly method: string;
  readonly caller: Caller;
  /** The cloud host's slug, null when it came by the local endpoint. */
  readonly slug: string | null;
}

type Switches = Pick<Site, 'apiEnabled' | 'postEnabled' | 'getEnabled' | 'cloudGetEnabled' | 'getAllowedCidrs'>;

/**
 * Whether a site's voucher API is open to a call, by the order of checks in hotspot.md.
 * GET is for a trusted network: never for a caller behind a proxy that nobody declared, since it may come from anywhere.
 * @returns the fault that the call ends in, or null
 */
export function judgeDoor(site: Switches, { method, caller, slug }: Arrival): FaultCode | null {
  if (!site.apiEnabled) return 'API_DISABLED';
  if (method === 'POST') return site.postEnabled ? null : 'SITE_METHOD_OFF';
  const isOn = site.getEnabled && (slug === null || site.cloudGetEnabled);
  const isInside = !caller.undeclaredProxy && inNetworks(caller.address, site.getAllowedCidrs);
  return isOn && isInside ? null : 'SITE_METHOD_OFF';
}
