import { createVersionedCache, versionOf } from '@gatehouse/auth';
import type { Sql } from '@gatehouse/db';
import type { Versions } from '@gatehouse/limits';

/** What an operator can set while everything runs. */
export interface Settings {
  /** phpstrap's global switch. */
  readonly phpstrapEnabled: boolean;
  /** Origins that browsers may call phpstrap from. */
  readonly corsOrigins: readonly string[];
  /** How long a sign-in lasts without being used. */
  readonly sessionHours: number;
  readonly auditRetentionDays: number;
}

/** What holds until an operator says otherwise. */
export const DEFAULT_SETTINGS: Settings = { phpstrapEnabled: true, corsOrigins: [], sessionHours: 12, auditRetentionDays: 90 };

/** Names of the settings in the database and in the admin API. */
export const SETTING_NAMES = {
  phpstrap_enabled: 'phpstrapEnabled',
  cors_origins: 'corsOrigins',
  session_hours: 'sessionHours',
  audit_retention_days: 'auditRetentionDays',
} as const satisfies Record<string, keyof Settings>;

/** Reads the settings as they are in the database. */
export async function loadSettings(db: Sql): Promise<Settings> {
  const rows = await db.query<{ name: string; value: unknown }>`SELECT name, value FROM settings`;
  const changed = rows.flatMap(({ name, value }) => (isSettingName(name) ? [[SETTING_NAMES[name], value]] : []));
  return { ...DEFAULT_SETTINGS, ...Object.fromEntries(changed) };
}

/** The settings, remembered for as long as nobody changes them. */
export function createSettings(db: Sql, versions: Versions): () => Promise<Settings> {
  const cache = createVersionedCache({ versions, lookup: () => loadSettings(db), namesOf: () => [versionOf.settings] });
  return async () => (await cache.get('settings')) ?? DEFAULT_SETTINGS;
}

function isSettingName(name: string): name is keyof typeof SETTING_NAMES {
  return Object.hasOwn(SETTING_NAMES, name);
}
