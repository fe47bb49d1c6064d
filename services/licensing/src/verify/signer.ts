import { type KeyObject, sign } from 'node:crypto';
import type { Sql, Vault } from '@gatehouse/db';
import { Fault } from '@gatehouse/faults';
import { canonicalJson, type JsonValue } from './canonical-json.ts';
import { ensureSigningKey, findPrivateKey, listSigningKeys } from './signing-key-repository.ts';

/** Signs answers with Ed25519 (RFC 8032) over their canonical form. */
export interface Signer {
  /**
   * Adds `kid` and `signature` (base64) to an answer.
   * @param db the database that the answer is made from: within a transaction, that one
   * @param kid the key pair that signs now, as the database says; null when there is none yet
   */
  sign<Answer extends { readonly [name: string]: JsonValue }>(
    db: Sql,
    kid: string | null,
    answer: Answer,
  ): Promise<Answer & { readonly kid: string; readonly signature: string }>;
}

/** Makes the signer of one process. Private keys are opened once and held; which of them signs is asked for with every answer. */
export function createSigner(vault: Vault, clock: () => Date): Signer {
  const keys = new Map<string, KeyObject>();

  async function openKey(db: Sql, kid: string): Promise<KeyObject> {
    const key = await findPrivateKey(db, vault, kid);
    if (key === null) throw new Fault('INTERNAL', { internal: `signing key ${kid} is gone` });
    keys.set(kid, key);
    return key;
  }

  async function firstKid(db: Sql): Promise<string> {
    await ensureSigningKey(db, vault, clock());
    const [current] = await listSigningKeys(db);
    if (current === undefined) throw new Fault('INTERNAL', { internal: 'there is no signing key' });
    return current.kid;
  }

  return {
    async sign(db, currentKid, answer) {
      const kid = currentKid ?? (await firstKid(db));
      const key = keys.get(kid) ?? (await openKey(db, kid));
      const signed = Object.assign({}, answer, { kid });
      return Object.assign(signed, { signature: sign(null, Buffer.from(canonicalJson(signed)), key).toString('base64') });
    },
  };
}
