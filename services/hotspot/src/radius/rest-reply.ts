import type { Reply } from '@gatehouse/http';

/** A RADIUS attribute's value, or several. */
type Value = string | number | readonly string[];

/**
 * An answer to rlm_rest: attributes by list and name, such as `reply:Class`. Those that are null are left out.
 * `do_xlat` is off for each: FreeRADIUS expands values otherwise, and a passcode may well hold `%{...}`.
 */
export function attributesReply(attributes: Readonly<Record<string, Value | null>>): Reply {
  const entries = Object.entries(attributes).flatMap(([name, value]) => (value === null ? [] : [[name, toEntry(value)] as const]));
  return { status: 200, body: Object.fromEntries(entries) };
}

function toEntry(value: Value) {
  const values = Array.isArray(value) ? value : [value];
  return { op: values.length > 1 ? '+=' : ':=', do_xlat: false, is_json: false, value: values };
}
