/** A Session lives 24 hours from its last heartbeat (web-api.md). */
const SESSION_MS = 86_400_000;

/** When a Session ends that was opened, or sent a heartbeat, at `from`. */
export function sessionEnd(from: Date): Date {
  return new Date(from.getTime() + SESSION_MS);
}
