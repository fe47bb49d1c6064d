export { createHotspot, hotspotEndpoints } from './create-hotspot.ts';
export type { HotspotDeps } from './hotspot-deps.ts';
export { type HotspotOptions, startHotspot } from './start-hotspot.ts';
export { COMMANDS } from './voucher-api/commands.ts';
