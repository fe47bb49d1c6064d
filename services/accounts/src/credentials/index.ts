export { CREDENTIAL_KINDS, type CredentialKindName, REST_API_SCOPES } from './credential-kinds.ts';
export { type CredentialRequest, type IssuedCredential, issueCredential, rotateCredential } from './issue-credential.ts';
export { type CredentialRow, listCredentials } from './list-credentials.ts';
export { type CredentialSelector, revokeCredential } from './revoke-credential.ts';
