export { createLicensing } from './create-licensing.ts';
export { startLicensing } from './start-licensing.ts';
