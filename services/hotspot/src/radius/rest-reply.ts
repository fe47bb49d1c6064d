import type { Reply } from '@gatehouse/http';

/** A RADIUS attribute's value, or several. */
type Value = string | number | readonly string[];

/** Has nothing in it that FreeRADIUS would expand (`%{...}`). */
const PLAIN = /^[\w-]*$/;

/** An answer to rlm_rest: attributes by list and name, such as `reply:Class`. Those that are null or have no value are left out. */
export function attributesReply(attributes: Readonly<Record<string, Value | null>>): Reply {
  const body: Record<string, unknown> = {};
  for (const [name, value] of Object.entries(attributes)) {
    if (value !== null && (!Array.isArray(value) || value.length > 0)) body[name] = toEntry(value);
  }
  return { status: 200, body };
}

/**
 * No longer than needed: rlm_rest spends more on reading an answer than the service on writing it. One value is set (`:=`) if nothing
 * else is said. `do_xlat` is off where it matters: a passcode may well hold `%{...}`.
 */
function toEntry(value: Value): unknown {
  if (typeof value === 'number') return value;
  if (typeof value !== 'string') return { op: '+=', do_xlat: false, value: value.map(escapeBackslashes) };
  return PLAIN.test(value) ? value : { do_xlat: false, value: escapeBackslashes(value) };
}

/** FreeRADIUS reads a value as if it stood between quotes, whatever `do_xlat` says: `\n` would be a line's end, a last `\` an error. */
function escapeBackslashes(text: string): string {
  return text.replaceAll('\\', '\\\\');
}
