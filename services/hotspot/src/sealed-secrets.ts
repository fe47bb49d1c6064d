import type { Vault } from '@gatehouse/db';

/** What is sealed, and the row that it belongs to: a sealed value that is moved to another row does not open there. */
type Owner =
  | { readonly kind: 'voucher'; readonly siteId: number; readonly username: string }
  | { readonly kind: 'guest-login'; readonly siteId: number; readonly login: string }
  | { readonly kind: 'nas'; readonly siteId: number };

/** Seals a passcode or a NAS secret with `DATA_KEY`: a dump of the database shows none of them. */
export function sealSecret(vault: Vault, secret: string, owner: Owner): Buffer {
  return vault.seal(secret, contextOf(owner));
}

/**
 * Opens what {@link sealSecret} sealed.
 * @throws VaultError when it was sealed under another `DATA_KEY` or for another row
 */
export function openSecret(vault: Vault, sealed: Uint8Array, owner: Owner): string {
  return vault.open(sealed, contextOf(owner)).toString('utf8');
}

function contextOf(owner: Owner): string {
  switch (owner.kind) {
    case 'voucher':
      return `voucher:${owner.siteId}:${owner.username}`;
    case 'guest-login':
      return `guest-login:${owner.siteId}:${owner.login}`;
    case 'nas':
      return `nas:${owner.siteId}`;
  }
}
