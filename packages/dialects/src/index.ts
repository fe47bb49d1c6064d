export type { Dialect, DialectName, Envelope, ServiceName } from './dialect.ts';
export { native } from './native.ts';
export { cloudSlug, DIALECTS, findRoute, type Route } from './route.ts';
