import { createHash, createPrivateKey, createPublicKey, generateKeyPairSync, type KeyObject } from 'node:crypto';
import type { Sql, Vault } from '@gatehouse/db';

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
export async function listSigningKeys(db: Sql): Promise<PublicSigningKey[]> {
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
export async function findPrivateKey(db: Sql, vault: Vault, kid: string): Promise<KeyObject | null> {
  const [row] = await db.query<{ private_key: Uint8Array }>`SELECT private_key FROM signing_keys WHERE kid = ${kid}`;
  if (row === undefined) return null;
  return createPrivateKey({ key: vault.open(row.private_key, sealContext(kid)), format: 'der', type: 'pkcs8' });
}

/** Makes the first key pair of this installation; with several processes at once there is still one. */
export async function ensureSigningKey(db: Sql, vault: Vault, now: Date): Promise<void> {
  // So it is at every start but the first.
  if (await isThere(db)) return;
  await db.sqlTx(async (tx) => {
    await lock(tx);
    if (!(await isThere(tx))) await insertSigningKey(tx, vault, now);
  });
}

async function isThere(db: Sql): Promise<boolean> {
  const [current] = await db.query`SELECT 1 FROM signing_keys WHERE retired_at IS NULL LIMIT 1`;
  return current !== undefined;
}

/** Retires the key pair that signs and makes the next. @returns the kid of the new one */
export function rotateSigningKey(db: Sql, vault: Vault, now: Date): Promise<string> {
  return db.sqlTx(async (tx) => {
    await lock(tx);
    await tx.execute`UPDATE signing_keys SET retired_at = ${now} WHERE retired_at IS NULL`;
    return insertSigningKey(tx, vault, now);
  });
}

async function lock(tx: Sql): Promise<void> {
  await tx.query`SELECT 1 AS locked FROM pg_advisory_xact_lock(${LOCK}::bigint)`;
}

async function insertSigningKey(db: Sql, vault: Vault, now: Date): Promise<string> {
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
