import type { Reply } from '@gatehouse/http';

/** A RADIUS attribute's value, or several. */
type Value = string | number | readonly string[];

/**
 * An answer to rlm_rest: attributes by list and name, such as `reply:Class`. Those that are null are left out.
 * `do_xlat` is off for each: FreeRADIUS expands values otherwise, and a passcode may well hold `%{...}`.
 */
export function attributesReply(attributes: Readonly<Record<string, Value | null>>): Reply {
  const body: Record<string, object> = {};
  for (const [name, value] of Object.entries(attributes)) if (value !== null) body[name] = toEntry(value);
  return { status: 200, body };
}

/** No longer than needed: rlm_rest spends more on reading an answer than the service on writing it. One value is set (`:=`) if nothing else is said. */
function toEntry(value: Value) {
  if (!Array.isArray(value)) return { do_xlat: false, value };
  return value.length === 1 ? { do_xlat: false, value: value[0] } : { op: '+=', do_xlat: false, value };
}
