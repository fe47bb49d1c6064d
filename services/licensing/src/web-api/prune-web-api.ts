import type { Database } from '@gatehouse/db';
import { WRONG_KEY_WINDOW_SECONDS } from './address-bans.ts';

const DAY_MS = 86_400_000;
/** Bans that are over stay for a while, for those who ask what happened. */
const BAN_MEMORY_DAYS = 30;

/** Forgets what the Web API can no longer be asked about: wrong keys out of their window, handshakes and bans long over. */
export async function pruneWebApi(db: Database, now: Date): Promise<void> {
  const windowStart = new Date(now.getTime() - WRONG_KEY_WINDOW_SECONDS * 1000);
  const yesterday = new Date(now.getTime() - DAY_MS);
  const longAgo = new Date(now.getTime() - BAN_MEMORY_DAYS * DAY_MS);
  await db.execute`DELETE FROM wrong_keys WHERE at <= ${windowStart}`;
  await db.execute`DELETE FROM handshakes WHERE expires_at <= ${yesterday}`;
  await db.execute`DELETE FROM address_bans WHERE lifted_at <= ${longAgo} OR expires_at <= ${longAgo}`;
}
