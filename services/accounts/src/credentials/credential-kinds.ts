import { newToken } from '@gatehouse/auth';
import type { CredentialKind } from '@gatehouse/db';

/** Kinds of credentials by the names that our own APIs use. */
export const CREDENTIAL_KINDS = ['phpstrap', 'altercpa', 'rest-api'] as const;

/** A kind of credential as our own APIs name it. */
export type CredentialKindName = (typeof CREDENTIAL_KINDS)[number];

/** Scopes that a `rest-api` credential can have (keys.md). */
export const REST_API_SCOPES = ['rest-api:*', 'rest-api:read', 'rest-api:write'] as const;

interface KindRules {
  readonly column: CredentialKind;
  /** At most one live a user: a new one takes the place of the old one. */
  readonly isSingle: boolean;
  readonly makeSecret: (userId: number) => string;
  /** How much of the beginning may be shown; it holds no more than 16 random bits. */
  readonly shownCharacters: (userId: number) => number;
}

/** What is particular to each kind. Forms: phpstrap.md (`psk_` and 48 hex), altercpa.md (`{user_id}-` and 40 hex). */
export const KIND_RULES: Readonly<Record<CredentialKindName, KindRules>> = {
  phpstrap: { column: 'phpstrap', isSingle: true, makeSecret: () => newToken('psk_'), shownCharacters: () => 8 },
  altercpa: {
    column: 'altercpa',
    isSingle: true,
    makeSecret: (userId) => newToken(`${userId}-`, 20),
    shownCharacters: (userId) => `${userId}-`.length + 4,
  },
  'rest-api': { column: 'rest_api', isSingle: false, makeSecret: () => newToken('ghr_'), shownCharacters: () => 8 },
};

/** The name of a kind that the database gave. */
export function kindName(column: CredentialKind): CredentialKindName {
  return column === 'rest_api' ? 'rest-api' : column;
}
