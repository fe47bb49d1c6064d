export { createLicensing, keysDialectEndpoints } from './create-licensing.ts';
export { startLicensing } from './start-licensing.ts';
export { signingAdminEndpoints } from './verify/signing-admin-endpoints.ts';
