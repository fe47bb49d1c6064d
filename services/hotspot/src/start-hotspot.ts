import type { ServiceDeps, ServiceParts } from '@gatehouse/service';
import { createHotspot } from './create-hotspot.ts';
import { startRadius } from './radius/start-radius.ts';
import { startRetention } from './retention/start-retention.ts';

/** What the hotspot service takes of the settings. */
export interface HotspotOptions {
  /** The domain of the sites' cloud hosts, if there is one. */
  readonly cloudDomain: string | undefined;
  /** The port that FreeRADIUS calls; without one there is no RADIUS. */
  readonly radiusRestPort: number | undefined;
  /** The address that the port is opened on. */
  readonly host: string;
}

/**
 * Starts the hotspot service: its routes, and beside them the nightly retention and the port for FreeRADIUS.
 * @throws ListenError when the port cannot be had
 */
export async function startHotspot(deps: ServiceDeps, { cloudDomain, radiusRestPort, host }: HotspotOptions): Promise<ServiceParts> {
  const radius = radiusRestPort === undefined ? [] : [await startRadius(deps, { port: radiusRestPort, host })];
  return { routes: createHotspot({ ...deps, cloudDomain }), background: [startRetention(deps), ...radius] };
}
