import type { Database } from '@gatehouse/db';
import { Fault } from '@gatehouse/faults';
import { loadSettings } from '@gatehouse/service';
import type { CredentialKindName } from './credential-kinds.ts';

/**
 * Makes sure that a credential of this kind can be made now: while phpstrap is switched off its tokens can be revoked, but not
 * made or rotated (phpstrap.md). Asks the database it is given, since it is used within transactions.
 * @throws Fault API_DISABLED
 */
export async function assertKindOn(db: Database, kind: CredentialKindName): Promise<void> {
  if (kind !== 'phpstrap') return;
  const { phpstrapEnabled } = await loadSettings(db);
  if (!phpstrapEnabled) throw new Fault('API_DISABLED');
}
