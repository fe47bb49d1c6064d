import { createHash, createPrivateKey, createPublicKey, generateKeyPairSync, type KeyObject } from 'node:crypto';
import type { Database, Vault } from '@gatehouse/db';

/** The public half of a key pair that signs, or once signed, verify answers. */
export interface PublicSigningKey {
  readonly kid: string;
  readonly publicKey: KeyObject;
  readonly createdAt: Date;
  /** From here on it signs nothing; what it signed before still counts. */
  readonly retiredAt: Date | null;
}

// Any number that nobody else locks.
const LOCK = 0x7369676e;

/** All key pairs, the one that signs first. */
export async function listSigningKeys(db: Database): Promise<PublicSigningKey[]> {
  const rows = await db.query<{ kid: string; public_key: Uint8Array; created_at: Date; retired_at: Date | null }>`
    SELECT kid, public_key, created_at, retired_at FROM signing_keys ORDER BY retired_at DESC NULLS FIRST, created_at DESC`;
  return rows.map(({ kid, public_key, created_at, retired_at }) => ({
    kid,
    publicKey: createPublicKey({ key: Buffer.from(public_key), format: 'der', type: 'spki' }),
    createdAt: created_at,
    retiredAt: retired_at,
  }));
}

/** The private half. @returns null when there is no such key. @throws VaultError when DATA_KEY is another */
export async function findPrivateKey(db: Database, vault: Vault, kid: string): Promise<KeyObject | null> {
  const row = await db.prisma.signingKey.findUnique({ where: { kid } });
  if (row === null) return null;
  return createPrivateKey({ key: vault.open(row.privateKey, sealContext(kid)), format: 'der', type: 'pkcs8' });
}

/** Makes the first key pair of this installation; with several processes at once there is still one. */
export function ensureSigningKey(db: Database, vault: Vault, now: Date): Promise<void> {
  return db.tx(async (tx) => {
    await lock(tx);
    const current = await tx.prisma.signingKey.findFirst({ where: { retiredAt: null }, select: { kid: true } });
    if (current === null) await insertSigningKey(tx, vault, now);
  });
}

/** Retires the key pair that signs and makes the next. @returns the kid of the new one */
export function rotateSigningKey(db: Database, vault: Vault, now: Date): Promise<string> {
  return db.tx(async (tx) => {
    await lock(tx);
    await tx.prisma.signingKey.updateMany({ where: { retiredAt: null }, data: { retiredAt: now } });
    return insertSigningKey(tx, vault, now);
  });
}

async function lock(tx: Database): Promise<void> {
  await tx.query`SELECT 1 AS locked FROM pg_advisory_xact_lock(${LOCK}::bigint)`;
}

async function insertSigningKey(db: Database, vault: Vault, now: Date): Promise<string> {
  const pair = generateKeyPairSync('ed25519');
  const publicKey = pair.publicKey.export({ format: 'der', type: 'spki' });
  const kid = createHash('sha256').update(publicKey).digest('base64url').slice(0, 16);
  const sealed = vault.seal(pair.privateKey.export({ format: 'der', type: 'pkcs8' }), sealContext(kid));
  await db.execute`
    INSERT INTO signing_keys (kid, public_key, private_key, created_at) VALUES (${kid}, ${publicKey}, ${sealed}, ${now})`;
  return kid;
}

function sealContext(kid: string): string {
  return `signing-key:${kid}`;
}
