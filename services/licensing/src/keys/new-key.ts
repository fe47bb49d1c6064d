import { Fault } from '@gatehouse/faults';

/** What a seller may say of keys to be made; the members of the body of `POST /keys`. */
export interface NewKeyBody {
  readonly provider_id: number;
  readonly service_id?: number | null;
  readonly key_name?: string | null;
  readonly validity_minutes?: number | null;
  readonly hwid?: string | null;
  readonly hwids?: readonly string[];
  readonly discord_id?: string | null;
  readonly is_premium: boolean;
  readonly one_time_use: boolean;
  readonly expiry_on_first_use: boolean;
  readonly no_hwid: boolean;
  readonly hwid_limit?: number | null;
}

/** The provider and the service that keys are made for, as the seller has them. */
export interface KeyParents {
  readonly provider: {
    readonly id: number;
    readonly name: string;
    readonly isActive: boolean;
    readonly keyValidMinutes: number | null;
  } | null;
  readonly service: { readonly id: number; readonly name: string } | null;
}

/** What all keys of one request have in common. */
export interface NewKey {
  readonly providerId: number;
  readonly providerName: string;
  readonly serviceId: number | null;
  readonly serviceName: string | null;
  readonly keyName: string | null;
  readonly discordId: string | null;
  readonly isPremium: boolean;
  readonly oneTimeUse: boolean;
  readonly expiryOnFirstUse: boolean;
  readonly validityMinutes: number | null;
  readonly noHwid: boolean;
  readonly hwidLimit: number | null;
  readonly expiresAt: Date | null;
  readonly hwids: readonly string[];
  readonly createdAt: Date;
}

const MINUTE_MS = 60_000;

/**
 * Decides what the keys are that a request asks for.
 * @throws Fault NOT_FOUND (the provider or the service is not the seller's), CONFLICT (the provider is switched off),
 *   BAD_PARAMETER (more HWIDs than the limit)
 */
export function decideNewKey(body: NewKeyBody, { provider, service }: KeyParents, now: Date): NewKey {
  if (provider === null) throw new Fault('NOT_FOUND', { detail: 'Provider not found' });
  if (body.service_id != null && service === null) throw new Fault('NOT_FOUND', { detail: 'Service not found' });
  if (!provider.isActive) throw new Fault('CONFLICT', { detail: 'The provider is not active' });
  const hwids = [...new Set([...(body.hwid == null ? [] : [body.hwid]), ...(body.hwids ?? [])])];
  const hwidLimit = body.hwid_limit ?? null;
  checkHwidLimit(hwids, hwidLimit);
  // Left out, the provider's own period holds; null and 0 both say forever.
  const validityMinutes = body.validity_minutes === undefined ? provider.keyValidMinutes : body.validity_minutes;
  return {
    providerId: provider.id,
    providerName: provider.name,
    serviceId: service?.id ?? null,
    serviceName: service?.name ?? null,
    keyName: body.key_name ?? null,
    discordId: body.discord_id ?? null,
    isPremium: body.is_premium,
    oneTimeUse: body.one_time_use,
    expiryOnFirstUse: body.expiry_on_first_use,
    validityMinutes,
    noHwid: body.no_hwid,
    hwidLimit,
    expiresAt: body.expiry_on_first_use ? null : expiryAfter(now, validityMinutes),
    hwids,
    createdAt: now,
  };
}

/** When a key expires whose time begins at `start`; null or 0 minutes: never. */
export function expiryAfter(start: Date, validityMinutes: number | null): Date | null {
  if (validityMinutes === null || validityMinutes === 0) return null;
  return new Date(start.getTime() + validityMinutes * MINUTE_MS);
}

/** @param hwidLimit null or 0: no limit. @throws Fault BAD_PARAMETER */
export function checkHwidLimit(hwids: readonly string[], hwidLimit: number | null): void {
  if (hwidLimit === null || hwidLimit === 0 || hwids.length <= hwidLimit) return;
  throw new Fault('BAD_PARAMETER', { details: [{ path: 'hwids', message: 'must not be more than hwid_limit' }] });
}
