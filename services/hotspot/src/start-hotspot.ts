import type { ServiceDeps, ServiceParts } from '@gatehouse/service';
import { createHotspot } from './create-hotspot.ts';
import { startRetention } from './retention/start-retention.ts';

/** What hotspot needs beside what all services have. */
export interface HotspotOptions {
  /** The domain of the sites' cloud hosts, if there is one. */
  readonly cloudDomain: string | undefined;
}

/** Starts the hotspot service: its routes, and what it does every night. */
export function startHotspot(deps: ServiceDeps, { cloudDomain }: HotspotOptions): ServiceParts {
  return { routes: createHotspot({ ...deps, cloudDomain }), background: [startRetention(deps)] };
}
