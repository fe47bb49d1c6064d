export { createHotspot, hotspotEndpoints } from './hotspot.ts';
export type { HotspotDeps } from './hotspot-deps.ts';
export { startRetention } from './retention/start-retention.ts';
export { COMMANDS } from './voucher-api/commands.ts';
