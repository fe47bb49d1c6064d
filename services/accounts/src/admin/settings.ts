import { versionOf } from '@gatehouse/auth';
import type { Database } from '@gatehouse/db';
import { ok } from '@gatehouse/http';
import { loadSettings, type SETTING_NAMES, type Settings } from '@gatehouse/service';
import Joi from 'joi';
import { nativeEndpoint } from '../native-endpoint.ts';
import type { AdminContext } from './admin-context.ts';

type SettingName = keyof typeof SETTING_NAMES;
type SettingsBody = { readonly [N in SettingName]: Settings[(typeof SETTING_NAMES)[N]] };

const MOST_ORIGINS = 100;

const origin = Joi.string()
  .max(300)
  .custom((text: string, helpers) => (isOrigin(text) ? text : helpers.error('any.custom')))
  .description('Scheme, host and port, such as https://app.example.com');

const members: Record<SettingName, Joi.Schema> = {
  phpstrap_enabled: Joi.boolean().description("phpstrap's global switch"),
  cors_origins: Joi.array().items(origin).max(MOST_ORIGINS).unique().description('Origins that browsers may call phpstrap from'),
  session_hours: Joi.number().integer().min(1).max(8_760).description('How long a sign-in lasts without being used'),
  audit_retention_days: Joi.number().integer().min(1).max(3_650),
};
const settingsSchema = Joi.object(members).options({ presence: 'required' });

/** `GET settings`: all of them, as they hold. */
export const getSettings = ({ admit }: AdminContext) =>
  nativeEndpoint({
    name: 'getSettings',
    method: 'GET',
    path: '/admin/v1/settings',
    summary: 'Settings',
    admit,
    replies: { 200: settingsSchema },
    faults: [],
    async handle({ db }) {
      return ok(await readSettings(db));
    },
  });

/** `PATCH settings`: felt everywhere before it answers. */
export const patchSettings = ({ admit, deps }: AdminContext) =>
  nativeEndpoint({
    name: 'patchSettings',
    method: 'PATCH',
    path: '/admin/v1/settings',
    summary: 'Change settings; those that are left out stay as they are',
    admit,
    body: Joi.object<Partial<SettingsBody>>(members),
    replies: { 200: settingsSchema },
    faults: [],
    async handle({ db, body, now, afterCommit }) {
      const settings = await db.tx(async (tx) => {
        for (const [name, value] of Object.entries(body)) await writeSetting(tx, name, value, now);
        return readSettings(tx);
      });
      afterCommit(() => deps.versions.touch([versionOf.settings]));
      return ok(settings);
    },
  });

async function writeSetting(db: Database, name: string, value: unknown, now: Date): Promise<void> {
  await db.execute`
    INSERT INTO settings (name, value, updated_at) VALUES (${name}, ${JSON.stringify(value)}::jsonb, ${now})
    ON CONFLICT (name) DO UPDATE SET value = excluded.value, updated_at = excluded.updated_at`;
}

async function readSettings(db: Database): Promise<SettingsBody> {
  const settings = await loadSettings(db);
  return {
    phpstrap_enabled: settings.phpstrapEnabled,
    cors_origins: settings.corsOrigins,
    session_hours: settings.sessionHours,
    audit_retention_days: settings.auditRetentionDays,
  };
}

/** Whether a browser would send it as `Origin` (RFC 6454 §6.2). */
function isOrigin(text: string): boolean {
  return URL.canParse(text) && /^https?:$/.test(new URL(text).protocol) && new URL(text).origin === text;
}
