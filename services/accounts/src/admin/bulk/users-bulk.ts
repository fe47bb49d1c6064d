import type { Database, Membership } from '@gatehouse/db';
import { dateTimeSchema } from '@gatehouse/http';
import { LONGEST_WINDOW_SECONDS } from '@gatehouse/limits';
import { BadRow, type BulkKind, type ExportedRow, type ImportedRow, type RowWriter } from '@gatehouse/service';
import Joi from 'joi';
import {
  amountSchema,
  countSchema,
  emailSchema,
  languageSchema,
  lineSchema,
  listUsers,
  nameSchema,
  timezoneSchema,
} from '../../users/index.ts';
import { MEMBERSHIPS, toUserBody } from '../user-members.ts';

/** A user as a row of a file. There are no passwords in it: people set theirs by the mail that resets it. */
interface UserValues {
  readonly name: string;
  readonly email?: string;
  readonly company?: string;
  readonly phone?: string;
  readonly membership: Membership;
  readonly membership_expires_at?: Date;
  readonly credits: number;
  readonly timezone: string;
  readonly language: string;
  readonly is_active: boolean;
  readonly is_admin: boolean;
  readonly plan: string;
  readonly tariff: string;
  readonly rate_limit?: number;
  readonly rate_limit_window?: number;
  readonly banned: boolean;
  readonly ban_reason?: string;
  readonly web_api_revoked: boolean;
}

const row = Joi.object<UserValues>({
  name: nameSchema().required(),
  email: emailSchema(),
  company: lineSchema(),
  phone: lineSchema(50),
  membership: Joi.string()
    .valid(...MEMBERSHIPS)
    .default('free'),
  membership_expires_at: dateTimeSchema(),
  credits: amountSchema().default(0),
  timezone: timezoneSchema().default('UTC'),
  language: languageSchema().default('en'),
  is_active: Joi.boolean().default(true),
  is_admin: Joi.boolean().default(false),
  plan: Joi.string().max(50).default('standard'),
  tariff: Joi.string().max(50).default('free'),
  rate_limit: countSchema(),
  rate_limit_window: countSchema(LONGEST_WINDOW_SECONDS),
  banned: Joi.boolean().default(false),
  ban_reason: lineSchema(500),
  web_api_revoked: Joi.boolean().default(false),
});

/** Users in bulk. */
export const usersBulk: BulkKind<object, UserValues> = {
  name: 'users',
  title: 'Users',
  scope: Joi.object({}),
  row,
  async exportRows(db, _scope, afterId, limit) {
    return (await listUsers(db, {}, afterId, limit)).map(toUserBody).map(toExportedRow);
  },
  openImport: async (db, _scope, now) => createUserWriter(db, now),
};

function toExportedRow({ id, membership, ...user }: ReturnType<typeof toUserBody>): ExportedRow {
  const values = {
    id,
    name: user.name,
    email: user.email,
    company: user.company,
    phone: user.phone,
    membership: membership.status,
    membership_expires_at: membership.expires_at,
    credits: user.credits,
    timezone: user.timezone,
    language: user.language,
    is_active: user.is_active,
    is_admin: user.is_admin,
    plan: user.plan,
    tariff: user.tariff,
    rate_limit: user.rate_limit,
    rate_limit_window: user.rate_limit_window,
    banned: user.banned,
    ban_reason: user.ban_reason,
    web_api_revoked: user.web_api_revoked,
    created_at: user.created_at,
  };
  return { id, values };
}

async function createUserWriter(db: Database, now: Date): Promise<RowWriter<UserValues>> {
  const namesOf = async (table: 'plans' | 'tariffs') => {
    const rows = table === 'plans' ? await db.prisma.plan.findMany() : await db.prisma.tariff.findMany();
    return new Set(rows.map(({ name }) => name));
  };
  const [plans, tariffs] = [await namesOf('plans'), await namesOf('tariffs')];
  return async (rows) => {
    for (const { line, values } of rows) {
      if (!plans.has(values.plan)) throw new BadRow(line, 'plan is not the name of a plan');
      if (!tariffs.has(values.tariff)) throw new BadRow(line, 'tariff is not the name of a tariff');
    }
    await insertUsers(db, rows, now);
  };
}

/** One statement a batch; an e-mail that is taken, here or earlier in the file, is left out of it, and told. */
async function insertUsers(db: Database, rows: readonly ImportedRow<UserValues>[], now: Date): Promise<void> {
  const list = JSON.stringify(rows.map(({ values }) => values));
  const written = await db.query<{ email: string | null }>`
    INSERT INTO users (name, email, company, phone, membership, membership_expires_at, credits, timezone, language, is_active, is_admin,
      plan, tariff, rate_limit, rate_limit_window, banned, ban_reason, web_api_revoked, created_at, updated_at)
    SELECT name, email, company, phone, membership::membership, membership_expires_at, credits, timezone, language, is_active, is_admin,
      plan, tariff, rate_limit, rate_limit_window, banned, ban_reason, web_api_revoked, ${now}::timestamptz, ${now}::timestamptz
    FROM json_to_recordset(${list}::text::json) AS row (name text, email text, company text, phone text, membership text,
      membership_expires_at timestamptz, credits numeric, timezone text, language text, is_active boolean, is_admin boolean, plan text,
      tariff text, rate_limit int, rate_limit_window int, banned boolean, ban_reason text, web_api_revoked boolean)
    ON CONFLICT DO NOTHING
    RETURNING email`;
  if (written.length === rows.length) return;
  const left = new Set(written.map(({ email }) => email));
  // Of two rows with one e-mail one was written: the second one finds it gone from the set.
  const bad = rows.find(({ values: { email } }) => email !== undefined && !left.delete(email));
  throw new BadRow(bad?.line ?? rows[0]?.line ?? 0, 'email belongs to another user');
}
