import { hashToken, last4 } from '@gatehouse/auth';
import type { Database } from '@gatehouse/db';
import { Fault } from '@gatehouse/faults';
import { type CredentialKindName, KIND_RULES } from './credential-kinds.ts';

/** A credential just made. The secret is to be shown once and is stored nowhere. */
export interface IssuedCredential {
  readonly id: number;
  readonly secret: string;
}

/** Whose credential to make, and which. */
export interface CredentialRequest {
  readonly userId: number;
  readonly kind: CredentialKindName;
  /** `rest-api` only; `rest-api:*` unless told. */
  readonly scopes?: readonly string[] | undefined;
  readonly name?: string | null | undefined;
  readonly now: Date;
}

/**
 * Makes a credential of a user. Of `phpstrap` and `altercpa` a user has one: the old one is revoked in the same transaction, so
 * that of any number of calls at once exactly one secret lives. The caller touches `user:{id}` after the commit.
 * @throws Fault NOT_FOUND when there is no such user
 */
export function issueCredential(db: Database, request: CredentialRequest): Promise<IssuedCredential> {
  return db.tx(async (tx) => {
    // Whoever comes second waits here, and then sees what the first one has made.
    const [owner] = await tx.query<{ id: number }>`SELECT id FROM users WHERE id = ${request.userId} FOR NO KEY UPDATE`;
    if (owner === undefined) throw new Fault('NOT_FOUND', { detail: 'User not found' });
    if (KIND_RULES[request.kind].isSingle) await revokeLive(tx, request);
    return insertCredential(tx, request);
  });
}

/**
 * Puts a new secret in the place of the user's live one of a kind that a user has one of; makes the first one too.
 * The caller touches `user:{id}` after the commit: from then on no process takes the old secret.
 * @throws Fault NOT_FOUND when there is no such user
 */
export function rotateCredential(
  db: Database,
  request: { readonly userId: number; readonly kind: 'phpstrap' | 'altercpa'; readonly now: Date },
): Promise<IssuedCredential> {
  return issueCredential(db, request);
}

async function revokeLive(tx: Database, { userId, kind, now }: CredentialRequest): Promise<void> {
  await tx.prisma.credential.updateMany({
    where: { userId, kind: KIND_RULES[kind].column, revokedAt: null },
    data: { revokedAt: now },
  });
}

async function insertCredential(tx: Database, { userId, kind, scopes, name, now }: CredentialRequest): Promise<IssuedCredential> {
  const { column, makeSecret, shownCharacters } = KIND_RULES[kind];
  const secret = makeSecret(userId);
  const { id } = await tx.prisma.credential.create({
    data: {
      userId,
      kind: column,
      secretHash: new Uint8Array(hashToken(secret)),
      prefix: secret.slice(0, shownCharacters(userId)),
      last4: last4(secret),
      scopes: kind === 'rest-api' ? [...(scopes ?? ['rest-api:*'])] : [],
      name: name ?? null,
      createdAt: now,
    },
    select: { id: true },
  });
  return { id, secret };
}
