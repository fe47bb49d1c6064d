import type { ServiceDeps, ServiceParts } from '@gatehouse/service';
import { createLicensing } from './create-licensing.ts';

/** Starts the licensing service. */
export function startLicensing(deps: ServiceDeps): ServiceParts {
  return { routes: createLicensing(deps) };
}
