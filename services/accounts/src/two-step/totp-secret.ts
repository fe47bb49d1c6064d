import type { Vault } from '@gatehouse/db';

/** Seals the secret of a user's authenticator for the database. */
export function sealTotpSecret(vault: Vault, userId: number, secret: string): Uint8Array<ArrayBuffer> {
  return new Uint8Array(vault.seal(secret, context(userId)));
}

/** @throws VaultError when it was sealed with another DATA_KEY or belongs to another user */
export function openTotpSecret(vault: Vault, user: { readonly id: number; readonly totpSecret: Uint8Array }): string {
  return vault.open(user.totpSecret, context(user.id)).toString('utf8');
}

function context(userId: number): string {
  return `totp:${userId}`;
}
