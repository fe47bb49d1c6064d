/**
 * Names a principal for the audit log and for the scope of an Idempotency-Key: `user:12`, `site:3`, `operator`.
 * Callers without a credential share `anonymous`.
 */
export function principalName(principal: unknown): string {
  if (typeof principal !== 'object' || principal === null) return 'anonymous';
  const { kind, id } = principal as Readonly<Record<string, unknown>>;
  if (typeof kind !== 'string') return 'anonymous';
  return typeof id === 'number' && id > 0 ? `${kind}:${id}` : kind;
}
