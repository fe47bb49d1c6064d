import type { ServiceDeps, ServiceParts } from '@gatehouse/service';
import { createHotspot } from './hotspot.ts';
import { startRetention } from './retention/start-retention.ts';

/** What the hotspot service takes of the settings. */
export interface HotspotOptions {
  readonly cloudDomain: string | undefined;
}

/** Starts the hotspot service: its routes, and the nightly retention beside them. */
export function startHotspot(deps: ServiceDeps, { cloudDomain }: HotspotOptions): ServiceParts {
  return { routes: createHotspot({ ...deps, cloudDomain }), background: [startRetention(deps)] };
}
