export { createGateway, type Gateway, type GatewayLimits, type GatewayOptions } from './gateway.ts';
export { type StartGatewayOptions, startGateway } from './start-gateway.ts';
