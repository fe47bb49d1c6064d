export { licensingRoutes } from './licensing-routes.ts';
