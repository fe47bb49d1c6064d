import type { LoginKind } from './login-repository.ts';

/** Which login FreeRADIUS found the passcode right for. */
export interface LoginRef {
  readonly kind: LoginKind;
  readonly id: number;
}

/** A login as FreeRADIUS hands it back: `voucher-12`. */
export function formatLoginRef({ kind, id }: LoginRef): string {
  return `${kind}-${id}`;
}

/** Reads what {@link formatLoginRef} wrote. @returns null when there was none: nobody has this name */
export function parseLoginRef(text: unknown): LoginRef | null {
  const [, kind, digits] = /^(voucher|guest-login)-(\d{1,10})$/.exec(String(text)) ?? [];
  if (digits === undefined) return null;
  return { kind: kind === 'voucher' ? 'voucher' : 'guest-login', id: Number(digits) };
}
