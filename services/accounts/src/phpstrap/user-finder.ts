import type { Database } from '@gatehouse/db';
import { LRUCache } from 'lru-cache';
import { lapsedBefore } from '../membership/effective-membership.ts';
import {
  type FoundUsers,
  findUsersById,
  type ListedUser,
  pageOfAll,
  readChangeStamp,
  searchAgain,
  searchUsers,
  sliceFound,
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

/**
 * Makes the search behind `users.php`. Page numbers and an exact total mean that all that a filter leaves has to be known, which
 * takes long where it leaves much. So a search is done once and kept: each request asks the database for the stamp of the last
 * change of what users are searched by, and believes what was kept under no other one. After a change only the few thousand ids
 * around it are searched again.
 */
export function createUserFinder(): (db: Database, request: PageRequest) => Promise<UserPage> {
  const kept = new LRUCache<string, FoundUsers>({
    max: MAX_KEPT_SEARCHES,
    maxSize: MAX_KEPT_BYTES,
    sizeCalculation: ({ total, buckets }) => total * 4 + buckets.size * 100 + 1024,
  });
  const running = new Map<string, Promise<FoundUsers>>();

  function search(db: Database, key: string, wanted: UserSearch, earlier: FoundUsers | undefined): Promise<FoundUsers> {
    // What was found by a later clock cannot be brought back to an earlier one.
    const usable = earlier !== undefined && earlier.lapsedBefore <= wanted.lapsedBefore ? earlier : undefined;
    const renewed = usable === undefined ? Promise.resolve(null) : searchAgain(db, wanted, usable);
    const found = renewed.then((result) => result ?? searchUsers(db, wanted));
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
    return search(db, key, wanted, known);
  }

  return async (db, { email, status, page, perPage, now }) => {
    const offset = (page - 1) * perPage;
    if (email === undefined && status === undefined) return pageOfAll(db, offset, perPage);
    const found = await find(db, { email, status, lapsedBefore: lapsedBefore(now) });
    return { users: await findUsersById(db, sliceFound(found, offset, perPage)), total: found.total };
  };
}

/** Whether a search of another moment found what one of this moment would find. Stamps only grow. */
function isCurrent(found: FoundUsers, stamp: number, wanted: UserSearch): boolean {
  if (found.stamp < stamp) return false;
  if (wanted.status === undefined || wanted.status === 'lifetime') return true;
  return found.lapsedBefore <= wanted.lapsedBefore && (found.nextEnd === null || wanted.lapsedBefore <= found.nextEnd);
}
