import { LEGIBLE_ALPHABET, randomString } from '@gatehouse/auth';
import type { Database } from '@gatehouse/db';
import { Fault } from '@gatehouse/faults';
import { created, dateTimeSchema, endpoint } from '@gatehouse/http';
import Joi from 'joi';
import type { HotspotContext } from '../hotspot-deps.ts';
import { sealSecret } from '../sealed-secrets.ts';
import type { SignInMethod, Site } from '../sites/site.ts';
import type { SitePrincipal } from '../sites/site-keys.ts';
import { type SiteParams, siteParams } from '../sites/site-params.ts';
import { validForSeconds } from '../vouchers/valid-for.ts';
import { insertGuestLogin, recordVisit } from './guest-repository.ts';
import { identityOf, type VisitBody, visitSchemas } from './visit-schemas.ts';

interface Handled {
  readonly principal: SitePrincipal;
  readonly params: SiteParams;
  readonly body: VisitBody;
  readonly now: Date;
  readonly db: Database;
}

/** 92 bits: the portal hands it on by itself, nobody types it. */
const PASSCODE_CHARACTERS = 16;
const LONGEST_VISIT_SECONDS = 24 * 3600;

/** `POST guests/{method}`: records a guest who signs in at the venue's portal, and makes a RADIUS login for this visit. */
export const recordGuest = ({ deps, siteKeys }: HotspotContext, method: SignInMethod) =>
  endpoint({
    name: `record${method.charAt(0).toUpperCase()}${method.slice(1)}Guest`,
    method: 'POST',
    path: `/hotspot/v1/sites/:id/guests/${method}`,
    summary: `Signs a guest in by ${method}: a RADIUS login for one visit`,
    admit: siteKeys.admit,
    params: siteParams,
    body: visitSchemas[method],
    replies: {
      201: Joi.object({ login: Joi.string().required(), passcode: Joi.string().required(), expires_at: dateTimeSchema().required() }),
    },
    faults: ['NOT_FOUND', 'SIGN_IN_METHOD_OFF'],
    async handle({ principal: { subject: site }, params, body, now, db }: Handled) {
      if (params.id !== site.id) throw new Fault('NOT_FOUND', { detail: 'Site not found' });
      if (!site.signInMethods.includes(method)) throw new Fault('SIGN_IN_METHOD_OFF');
      const login = identityOf(method, body);
      const passcode = randomString(PASSCODE_CHARACTERS, LEGIBLE_ALPHABET);
      const sealedPasscode = sealSecret(deps.vault, passcode, { kind: 'guest-login', siteId: site.id, login });
      const expiresAt = new Date(now.getTime() + visitSeconds(site) * 1000);
      await db.sqlTx(async (tx) => {
        const guestId = await recordVisit(tx, toVisit(site, method, login, body, now));
        await insertGuestLogin(tx, { siteId: site.id, guestId, login, sealedPasscode, mac: body.mac, expiresAt, now });
      });
      return created({ login, passcode, expires_at: expiresAt });
    },
  });

/** A visit lasts as the site's preset says, and a day at most: a guest who comes again is asked again. */
function visitSeconds({ defaultValidFor }: Site): number {
  return Math.min(validForSeconds(defaultValidFor) ?? LONGEST_VISIT_SECONDS, LONGEST_VISIT_SECONDS);
}

function toVisit({ id }: Site, kind: SignInMethod, identity: string, body: VisitBody, now: Date) {
  return {
    siteId: id,
    kind,
    identity,
    name: body.name ?? null,
    email: kind === 'facebook' ? (body.email ?? null) : null,
    gender: body.gender ?? null,
    locale: body.locale ?? null,
    comments: body.comments ?? null,
    comments1: body.comments1 ?? null,
    comments2: body.comments2 ?? null,
    mac: body.mac,
    marketing: body.marketing ?? null,
    verified: body.verified ?? null,
    consentVersion: body.consent_version,
    now,
  };
}
