export { type Authenticator, type AuthOutcome, createAuthenticator, type PrincipalLookup } from './authenticator.ts';
export { type CredentialCache, type CredentialCacheOptions, createCredentialCache } from './credential-cache.ts';
export { type CredentialRequest, type CredentialStyle, EXTRACTORS, type Extracted, type Extractor } from './extract-credential.ts';
export { hasScope, type Principal, type PrincipalKind, requireScope } from './principal.ts';
export { KEY_ALPHABET, LEGIBLE_ALPHABET, newLicenceKey, randomString } from './random-string.ts';
export { createTokenCheck, hashToken, isSameHash, last4, newToken } from './token.ts';
export { versionOf } from './version-names.ts';
export { type CacheVersions, createVersionedCache, type VersionedCache, type VersionedCacheOptions } from './versioned-cache.ts';
