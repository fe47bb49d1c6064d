export { assertKindOn } from './assert-kind-on.ts';
export { credentialBodySchema, issuedBodySchema, toCredentialBody, toIssuedBody } from './credential-body.ts';
export { CREDENTIAL_KINDS, type CredentialKindName, REST_API_SCOPES } from './credential-kinds.ts';
export { type CredentialRequest, type IssuedCredential, issueCredential, rotateCredential } from './issue-credential.ts';
export { type CredentialRow, listCredentials } from './list-credentials.ts';
export { type CredentialSelector, revokeCredential } from './revoke-credential.ts';
