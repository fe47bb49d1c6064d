import { createHash, createHmac } from 'node:crypto';
import { isSameHash } from '@gatehouse/auth';

/** How old a sign-in may be (altercpa.md): 24 h, that moment included. */
export const MAX_AGE_SECONDS = 86_400;
/** How far Telegram's clock may be ahead of ours. */
const MAX_AHEAD_SECONDS = 300;

/** What became of a Telegram sign-in: taken, signed for another bot or changed on the way, or out of date. */
export type TelegramVerdict = 'good' | 'sign' | 'old';

/** The fields of a sign-in as texts, `hash` among them. */
export type TelegramFields = Readonly<Record<string, string>>;

/**
 * Checks the fields of the Telegram Login Widget as Telegram publishes it (https://core.telegram.org/widgets/login#checking-authorization):
 * `hash` is the HMAC-SHA-256 of all other fields, sorted, as lines of `name=value`, under the SHA-256 of the bot's token.
 * @param fields all that came, also fields that we do not know: Telegram signs them too
 */
export function checkTelegram(fields: TelegramFields, botToken: string, now: Date): TelegramVerdict {
  const { hash = '', ...signed } = fields;
  const lines = Object.entries(signed).map(([name, value]) => `${name}=${value}`);
  if (!lines.every(isOneLine)) return 'sign';
  const key = createHash('sha256').update(botToken).digest();
  const expected = createHmac('sha256', key).update(lines.sort().join('\n')).digest();
  if (!isSameHash(expected, Buffer.from(hash, 'hex'))) return 'sign';
  const ageSeconds = now.getTime() / 1000 - Number(fields.auth_date);
  return ageSeconds > MAX_AGE_SECONDS || ageSeconds < -MAX_AHEAD_SECONDS ? 'old' : 'good';
}

/** A line break in a value could pass for another field of what was signed. Telegram's names and texts have none. */
function isOneLine(line: string): boolean {
  return /^\w+=[^\n\r]*$/.test(line);
}
