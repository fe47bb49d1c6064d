import { type Database, ForeignKeyViolation, likePattern, type Membership, Prisma, UniqueViolation } from '@gatehouse/db';
import { badParameter, Fault } from '@gatehouse/faults';

const COLUMNS = {
  id: true,
  email: true,
  name: true,
  login: true,
  company: true,
  phone: true,
  avatar: true,
  bio: true,
  website: true,
  timezone: true,
  language: true,
  membership: true,
  membershipExpiresAt: true,
  credits: true,
  planName: true,
  tariffName: true,
  rateLimit: true,
  rateLimitWindow: true,
  isActive: true,
  isAdmin: true,
  banned: true,
  banReason: true,
  webApiRevoked: true,
  verifiedAt: true,
  totpConfirmedAt: true,
  lastLoginAt: true,
  lastActiveAt: true,
  createdAt: true,
  updatedAt: true,
} as const satisfies Prisma.UserSelect;

/** A user as operators and the user see them: no hash, no sealed secret. */
export type UserRow = Prisma.UserGetPayload<{ select: typeof COLUMNS }>;

/** Columns to write. Only those that are named change. */
export type UserColumns = Readonly<Partial<Omit<UserRow, 'id' | 'credits'> & { credits: number; passwordHash: string | null }>>;

/** Which users to list. */
export interface UserFilter {
  /** Part of the e-mail, whatever its case. */
  readonly email?: string | undefined;
  /** The membership as it is stored. */
  readonly membership?: Membership | undefined;
  /** Part of the name, the login or the e-mail, whatever its case. */
  readonly text?: string | undefined;
}

/** Users with ids above `afterId` that fit the filter, by id, `limit` at most. */
export async function listUsers(db: Database, filter: UserFilter, afterId: number, limit: number): Promise<UserRow[]> {
  const { email, membership, text } = filter;
  const found = await db.query<{ id: number }>`
    SELECT id FROM users
    WHERE id > ${afterId}::bigint
      ${membership === undefined ? Prisma.empty : Prisma.sql`AND membership = ${membership}::membership`}
      ${email === undefined ? Prisma.empty : Prisma.sql`AND email_folded LIKE lower(${likePattern(email)})`}
      ${text === undefined ? Prisma.empty : matchText(likePattern(text))}
    ORDER BY id LIMIT ${limit}`;
  return db.prisma.user.findMany({ where: { id: { in: found.map(({ id }) => id) } }, select: COLUMNS, orderBy: { id: 'asc' } });
}

// What the trigram indexes are of.
function matchText(pattern: string): Prisma.Sql {
  return Prisma.sql`AND (lower(name || ' ' || coalesce(login, '')) LIKE lower(${pattern}) OR email_folded LIKE lower(${pattern}))`;
}

/** @throws Fault NOT_FOUND */
export async function getUser(db: Database, id: number): Promise<UserRow> {
  const user = await db.prisma.user.findUnique({ where: { id }, select: COLUMNS });
  if (user === null) throw userNotFound();
  return user;
}

/** @throws Fault CONFLICT when the e-mail is taken, BAD_PARAMETER when there is no such plan or tariff */
export function insertUser(db: Database, columns: UserColumns & { readonly name: string }, now: Date): Promise<UserRow> {
  return db.prisma.user.create({ data: { ...columns, createdAt: now, updatedAt: now }, select: COLUMNS }).catch(rethrow);
}

/**
 * Writes columns of a user. Another e-mail is one that nobody has proved yet.
 * @throws Fault NOT_FOUND, CONFLICT when the e-mail is taken, BAD_PARAMETER when there is no such plan or tariff
 */
export function updateUser(db: Database, id: number, columns: UserColumns, now: Date): Promise<UserRow> {
  return db.tx(async (tx) => {
    const { email } = columns;
    if (email !== undefined) {
      await tx.execute`UPDATE users SET verified_at = NULL WHERE id = ${id} AND lower(email) IS DISTINCT FROM lower(${email})`;
    }
    return tx.prisma.user.update({ where: { id }, data: { ...columns, updatedAt: now }, select: COLUMNS }).catch(rethrow);
  });
}

/** Deletes a user with everything that is theirs. @throws Fault NOT_FOUND */
export async function deleteUser(db: Database, id: number): Promise<void> {
  if ((await db.execute`DELETE FROM users WHERE id = ${id}`) === 0) throw userNotFound();
}

function userNotFound(): Fault {
  return new Fault('NOT_FOUND', { detail: 'User not found' });
}

function rethrow(error: unknown): never {
  if (error instanceof UniqueViolation) throw new Fault('CONFLICT', { detail: 'This e-mail belongs to another user.', cause: error });
  if (error instanceof ForeignKeyViolation) {
    throw error.constraint.includes('tariff')
      ? badParameter('tariff', 'is not the name of a tariff')
      : badParameter('plan', 'is not the name of a plan');
  }
  if (error instanceof Fault && error.code === 'NOT_FOUND') throw userNotFound();
  throw error;
}
