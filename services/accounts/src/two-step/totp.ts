import { Secret, TOTP } from 'otpauth';

const PERIOD_SECONDS = 30;
const SECRET_BYTES = 20;
/** Clocks of phones are off by a little: the codes of one step before and after are taken too (RFC 6238 §5.2). */
const STEPS_AROUND = 1;
const FIGURES = { algorithm: 'SHA1', digits: 6, period: PERIOD_SECONDS } as const;

/** A new secret for an authenticator, in base32: 160 bits, as RFC 4226 §4 recommends. */
export function newTotpSecret(): string {
  return new Secret({ size: SECRET_BYTES }).base32;
}

/** What an authenticator reads, mostly from a QR code. @param label whose it is, such as the e-mail */
export function otpauthUrl(secret: string, label: string): string {
  return new TOTP({ issuer: 'Gatehouse', label, secret: Secret.fromBase32(secret), ...FIGURES }).toString();
}

/**
 * The time step that a code belongs to (RFC 6238): seconds since 1970 through 30.
 * @returns null when it is not the code of now, nor of the step before or after
 */
export function findTotpStep(secret: string, code: string, now: Date): number | null {
  if (!/^\d{6}$/.test(code)) return null;
  const delta = TOTP.validate({
    token: code,
    secret: Secret.fromBase32(secret),
    timestamp: now.getTime(),
    window: STEPS_AROUND,
    ...FIGURES,
  });
  return delta === null ? null : Math.floor(now.getTime() / 1000 / PERIOD_SECONDS) + delta;
}
