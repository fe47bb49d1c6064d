import type { Database, GuestKind, Sql } from '@gatehouse/db';
import { Fault } from '@gatehouse/faults';
import type { Slice } from '../voucher-api/list-reply.ts';

/** A guest as it is listed. */
export interface GuestRow {
  readonly id: number;
  /** The e-mail, the mobile number, the Facebook id, or the MAC. */
  readonly identity: string;
  readonly name: string | null;
  readonly email: string | null;
  readonly gender: string | null;
  readonly locale: string | null;
  readonly comments: string | null;
  readonly comments1: string | null;
  readonly comments2: string | null;
  readonly mac: string | null;
  readonly visits: number;
  readonly marketing: boolean;
  readonly verified: boolean;
  readonly createdAt: Date;
  readonly lastLoginAt: Date | null;
  readonly lastModifiedAt: Date;
}

/** Guests of a kind by id, upwards. */
export function listGuests(db: Database, siteId: number, kind: GuestKind, { after, skip, limit }: Slice): Promise<GuestRow[]> {
  return db.query<GuestRow>`
    SELECT id, identity, name, email, gender, locale, comments, comments1, comments2, mac, visits, marketing, verified,
      created_at AS "createdAt", last_login_at AS "lastLoginAt", last_modified_at AS "lastModifiedAt"
    FROM guests JOIN (
      SELECT id FROM guests WHERE site_id = ${siteId} AND kind = ${kind}::guest_kind AND id > ${after} ORDER BY id OFFSET ${skip} LIMIT ${limit}
    ) AS slice USING (id)
    ORDER BY id`;
}

/** A guest who signs in now. What is null is not said, and what was said before stays. */
export interface GuestVisit {
  readonly siteId: number;
  readonly kind: GuestKind;
  readonly identity: string;
  readonly name: string | null;
  readonly email: string | null;
  readonly gender: string | null;
  readonly locale: string | null;
  readonly comments: string | null;
  readonly comments1: string | null;
  readonly comments2: string | null;
  readonly mac: string;
  readonly marketing: boolean | null;
  readonly verified: boolean | null;
  readonly consentVersion: string;
  readonly now: Date;
}

/** Records a visit: one row a guest, its visits counted in the database, so that visits at the same time are all counted. */
export async function recordVisit(db: Sql, visit: GuestVisit): Promise<number> {
  const { siteId, kind, identity, now } = visit;
  const [row] = await db.query<{ id: number }>`
    INSERT INTO guests AS known (site_id, kind, identity, name, email, gender, locale, comments, comments1, comments2, mac, visits,
      marketing, verified, consent_version, consent_at, created_at, last_login_at, last_modified_at)
    VALUES (${siteId}, ${kind}::guest_kind, ${identity}, ${visit.name}, ${visit.email}, ${visit.gender}, ${visit.locale}, ${visit.comments},
      ${visit.comments1}, ${visit.comments2}, ${visit.mac}, 1, ${visit.marketing ?? false}, ${visit.verified ?? false},
      ${visit.consentVersion}, ${now}, ${now}, ${now}, ${now})
    ON CONFLICT (site_id, kind, identity) DO UPDATE SET
      name = COALESCE(excluded.name, known.name), email = COALESCE(excluded.email, known.email),
      gender = COALESCE(excluded.gender, known.gender), locale = COALESCE(excluded.locale, known.locale),
      comments = COALESCE(excluded.comments, known.comments), comments1 = COALESCE(excluded.comments1, known.comments1),
      comments2 = COALESCE(excluded.comments2, known.comments2), mac = excluded.mac, visits = known.visits + 1,
      marketing = COALESCE(${visit.marketing}::boolean, known.marketing), verified = COALESCE(${visit.verified}::boolean, known.verified),
      consent_version = excluded.consent_version, consent_at = excluded.consent_at,
      last_login_at = excluded.last_login_at, last_modified_at = excluded.last_modified_at
    RETURNING id`;
  if (row === undefined) throw new Fault('INTERNAL', { internal: 'an upsert gave no row' });
  return row.id;
}

/** A RADIUS login for one visit of a guest. */
export interface NewGuestLogin {
  readonly siteId: number;
  readonly guestId: number;
  readonly login: string;
  readonly sealedPasscode: Buffer;
  readonly mac: string;
  readonly expiresAt: Date;
  readonly now: Date;
}

/** Stores the login of a visit. */
export async function insertGuestLogin(db: Sql, login: NewGuestLogin): Promise<void> {
  await db.execute`
    INSERT INTO guest_logins (site_id, guest_id, login, passcode, mac, created_at, expires_at)
    VALUES (${login.siteId}, ${login.guestId}, ${login.login}, ${login.sealedPasscode}, ${login.mac}, ${login.now}, ${login.expiresAt})`;
}
