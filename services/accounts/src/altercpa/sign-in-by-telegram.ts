import { versionOf } from '@gatehouse/auth';
import { type Database, UniqueViolation } from '@gatehouse/db';
import { badParameter, Fault } from '@gatehouse/faults';
import { endpoint, type Fields, type ServiceRequest } from '@gatehouse/http';
import type { LimitPolicy } from '@gatehouse/limits';
import type { ServiceDeps } from '@gatehouse/service';
import Joi from 'joi';
import { openSession } from '../user-sessions/index.ts';
import { okReply, okSchema, plainOrNull, plainTimeSchema } from './altercpa-formats.ts';
import { checkTelegram, type TelegramFields } from './check-telegram.ts';
import type { Member, Members } from './members.ts';
import {
  findTelegramUser,
  insertTelegramUser,
  linkTelegram,
  nameTelegramLogin,
  type TelegramUser,
  takeTelegramLogin,
} from './telegram-repository.ts';

/** The fields of Telegram's Login Widget that we use. Numbers arrive as numbers in JSON and as text in a form. */
interface SignIn {
  readonly id: string | number;
  readonly first_name: string;
  readonly last_name?: string;
  readonly username?: string;
  readonly photo_url?: string;
  readonly auth_date: string | number;
  readonly hash: string;
}

/** Sign-ins with a wrong signature, an address. Each costs two hashes, so this only keeps the noise down. */
const WRONG_SIGNATURES: LimitPolicy = { name: 'telegram-sign', limit: 60, windowSeconds: 60 };

/**
 * `POST /api/auth/telegram.json`: signs a user in by Telegram; the first sign-in makes the user. With a session token the
 * Telegram account is linked to that user instead, who goes on in a new session.
 */
export function signInByTelegram(deps: ServiceDeps, members: Members, botToken: string) {
  return endpoint<Member | null, object, object, SignIn, Database>({
    name: 'auth/telegram',
    method: 'POST',
    path: '/api/auth/telegram.json',
    summary: 'Signs in by the Telegram Login Widget, or links the Telegram account to the signed-in user.',
    admit: members.sessionOrNone,
    query: Joi.object<object>({}),
    body: signInSchema(),
    replies: { 200: okSchema({ token: Joi.string(), expires: plainTimeSchema() }) },
    faults: ['BAD_PARAMETER', 'BAD_BODY', 'TELEGRAM_SIGNATURE', 'TELEGRAM_STALE', 'TELEGRAM_TAKEN', 'TOO_MANY_REQUESTS', 'ACCOUNT_BANNED'],
    async handle({ principal, body, request, db, now, afterCommit }) {
      await requireGood(deps, request, checkTelegram(await signedFields(request), botToken, now));
      const { sessionHours } = await deps.settings();
      const hash = Buffer.from(body.hash, 'hex');
      const opened = await db.tx(async (tx) => {
        if (!(await takeTelegramLogin(tx, hash, now))) throw new Fault('TELEGRAM_STALE');
        const user = principal === null ? await findOrMakeUser(tx, body, now) : await linkUser(tx, principal.id, body, now);
        await nameTelegramLogin(tx, hash, user.id);
        const session = await openSession(tx, { userId: user.id, factors: ['telegram'], now, hours: sessionHours });
        return { ...session, userId: user.id };
      });
      request.notes.principal = `user:${opened.userId}`;
      afterCommit(() => deps.versions.touch([versionOf.user(opened.userId)]));
      return okReply({ token: opened.token, expires: plainOrNull(opened.expiresAt) });
    },
  });
}

async function requireGood({ limits }: ServiceDeps, request: ServiceRequest, verdict: ReturnType<typeof checkTelegram>): Promise<void> {
  if (verdict === 'good') return;
  if (verdict === 'old') throw new Fault('TELEGRAM_STALE');
  const { allowed, retryAfterSeconds } = await limits.consume(WRONG_SIGNATURES, request.caller.network);
  throw allowed ? new Fault('TELEGRAM_SIGNATURE') : new Fault('TOO_MANY_REQUESTS', { retryAfterSeconds });
}

async function findOrMakeUser(tx: Database, body: SignIn, now: Date): Promise<TelegramUser> {
  const telegramId = BigInt(body.id);
  const user =
    (await findTelegramUser(tx, telegramId)) ??
    (await insertTelegramUser(tx, { telegramId, ...describe(body), now })) ??
    (await findTelegramUser(tx, telegramId));
  if (user === null) throw new Error('the user of a Telegram sign-in was neither found nor made');
  // A suspended user gets no session; a lapsed one does, and is told by every endpoint.
  if (user.banned) throw new Fault('ACCOUNT_BANNED');
  if (!user.isActive) throw new Fault('ACCOUNT_INACTIVE');
  return user;
}

async function linkUser(tx: Database, id: number, body: SignIn, now: Date): Promise<{ readonly id: number }> {
  try {
    if (await linkTelegram(tx, id, BigInt(body.id), now)) return { id };
  } catch (error) {
    // Another request has linked it in the meantime.
    if (!(error instanceof UniqueViolation)) throw error;
  }
  throw new Fault('TELEGRAM_TAKEN');
}

function describe({ first_name, last_name = '', username, photo_url }: SignIn) {
  const name = `${first_name} ${last_name}`.trim();
  return { name: name === '' ? (username ?? 'Telegram user') : name, login: username ?? null, avatar: photo_url ?? null };
}

/** All fields as the texts that Telegram signed, those that we do not know among them. */
async function signedFields(request: ServiceRequest): Promise<TelegramFields> {
  const { fields } = await request.body();
  return Object.fromEntries(Object.entries<Fields[string]>(fields).map(([name, value]) => [name, toText(name, value)]));
}

function toText(name: string, value: unknown): string {
  if (typeof value === 'string') return value;
  if (typeof value === 'number' || typeof value === 'boolean') return String(value);
  throw badParameter(name.slice(0, 100), 'must be a text or a number');
}

function signInSchema(): Joi.ObjectSchema<SignIn> {
  return Joi.object<SignIn>({
    id: digits(15),
    first_name: Joi.string().allow('').max(256).required(),
    last_name: Joi.string().allow('').max(256),
    username: Joi.string().max(64),
    photo_url: Joi.string().allow('').max(2048),
    auth_date: digits(12),
    hash: Joi.string()
      .pattern(/^[0-9a-f]{64}$/i)
      .required(),
  }).unknown();
}

/** A positive whole number, as number or as text. */
function digits(length: number): Joi.AlternativesSchema {
  const text = Joi.string().pattern(new RegExp(`^[1-9]\\d{0,${length - 1}}$`));
  return Joi.alternatives(
    Joi.number()
      .integer()
      .positive()
      .max(10 ** length),
    text,
  ).required();
}
