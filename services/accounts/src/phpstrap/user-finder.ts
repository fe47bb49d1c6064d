import type { Database } from '@gatehouse/db';
import { LRUCache } from 'lru-cache';
import { lapsedBefore } from '../membership/effective-membership.ts';
import {
  type FoundUsers,
  findUsersById,
  type ListedUser,
  pageOfAll,
  readChangeStamp,
  searchUsers,
  type UserSearch,
} from './users-repository.ts';

/** Which users to list, and which page of them. */
export interface PageRequest {
  readonly email?: string | undefined;
  readonly status?: UserSearch['status'];
  /** From 1. */
  readonly page: number;
  readonly perPage: number;
  readonly now: Date;
}

/** A page of users and how many there are in all. */
export interface UserPage {
  readonly users: readonly ListedUser[];
  readonly total: number;
}

/** What a search found is kept as ids, 4 bytes each: 32 MB are eight searches that find a million users. */
const MAX_KEPT_BYTES = 32 * 1024 * 1024;
const MAX_KEPT_SEARCHES = 500;

interface Kept extends FoundUsers {
  /** The bound of memberships that the search went by. */
  readonly lapsedBefore: Date;
}

/**
 * Makes the search behind `users.php`. Page numbers and an exact total mean that all that a filter leaves has to be known, which
 * takes long where it leaves much. So a search is done once and kept until something changes that users are searched by:
 * each request asks the database for the stamp of the last change, and believes what was kept under no other one.
 */
export function createUserFinder(): (db: Database, request: PageRequest) => Promise<UserPage> {
  const kept = new LRUCache<string, Kept>({
    max: MAX_KEPT_SEARCHES,
    maxSize: MAX_KEPT_BYTES,
    sizeCalculation: ({ ids }) => ids.byteLength + 1024,
  });
  const running = new Map<string, Promise<Kept>>();

  function search(db: Database, key: string, wanted: UserSearch): Promise<Kept> {
    const found = searchUsers(db, wanted).then((result) => ({ ...result, lapsedBefore: wanted.lapsedBefore }));
    running.set(key, found);
    return found
      .then((result) => {
        kept.set(key, result);
        return result;
      })
      .finally(() => {
        if (running.get(key) === found) running.delete(key);
      });
  }

  async function find(db: Database, wanted: UserSearch): Promise<FoundUsers> {
    const key = JSON.stringify([wanted.email, wanted.status]);
    const stamp = await readChangeStamp(db);
    const known = kept.get(key);
    if (known !== undefined && isCurrent(known, stamp, wanted)) return known;
    // Many ask for the same at once: one search does, unless it began before a change that this request has seen.
    const other = await running.get(key);
    if (other !== undefined && isCurrent(other, stamp, wanted)) return other;
    return search(db, key, wanted);
  }

  return async (db, { email, status, page, perPage, now }) => {
    const offset = (page - 1) * perPage;
    if (email === undefined && status === undefined) return pageOfAll(db, offset, perPage);
    const { ids } = await find(db, { email, status, lapsedBefore: lapsedBefore(now) });
    const users = await findUsersById(db, [...ids.subarray(offset, offset + perPage)]);
    return { users, total: ids.length };
  };
}

/** Whether a search of another moment found what one of this moment would find. Stamps only grow. */
function isCurrent(found: Kept, stamp: number, wanted: UserSearch): boolean {
  if (found.stamp < stamp) return false;
  if (wanted.status === undefined || wanted.status === 'lifetime') return true;
  return found.lapsedBefore <= wanted.lapsedBefore && (found.nextEnd === null || wanted.lapsedBefore <= found.nextEnd);
}
