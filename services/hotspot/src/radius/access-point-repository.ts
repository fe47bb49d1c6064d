import type { Database } from '@gatehouse/db';

/** What FreeRADIUS is told of an access point. */
export interface ListedAccessPoint {
  readonly id: number;
  readonly siteId: number;
  readonly sealedSecret: Uint8Array;
  readonly requireMessageAuthenticator: boolean;
  /** The address, or the whole network where all of it is this one row's and the operator's. */
  readonly network: string;
}

/**
 * The access point that an address belongs to: of rows that overlap, the narrowest.
 * @param address an IP address
 * @param within the network that the operator lets FreeRADIUS hear: an answer must not be wider
 */
export async function findAccessPoint(db: Database, address: string, within: string): Promise<ListedAccessPoint | null> {
  const [row] = await db.query<ListedAccessPoint>`
    SELECT nas.id, nas.site_id AS "siteId", nas.secret AS "sealedSecret",
      nas.require_message_authenticator AS "requireMessageAuthenticator",
      CASE WHEN nas.address <<= ${within}::inet AND NOT EXISTS (SELECT 1 FROM nas inner_nas WHERE inner_nas.address << nas.address)
        THEN network(nas.address) ELSE ${address}::inet::cidr END::text AS network
    FROM nas WHERE nas.address >>= ${address}::inet
    ORDER BY masklen(nas.address) DESC LIMIT 1`;
  return row ?? null;
}

/** How networks halve around a stranger's address; access-points.conf asks its memory for the same ones. */
const PREFIX_LENGTHS = {
  ipv4: [8, 12, 16, 20, 24, 28, 32],
  ipv6: [32, 40, 48, 56, 64, 72, 80, 88, 96, 104, 112, 120, 128],
};

/** The widest network around an address in which no site lists an access point: at its narrowest the address alone. */
export async function findEmptyNetwork(db: Database, address: string): Promise<string> {
  const lengths = address.includes(':') ? PREFIX_LENGTHS.ipv6 : PREFIX_LENGTHS.ipv4;
  const [row] = await db.query<{ network: string }>`
    SELECT network(set_masklen(${address}::inet, length))::text AS network
    FROM unnest(${lengths}::int[]) AS length
    WHERE NOT EXISTS (SELECT 1 FROM nas WHERE nas.address && network(set_masklen(${address}::inet, length))::inet)
    ORDER BY length LIMIT 1`;
  return row?.network ?? `${address}/${lengths.at(-1)}`;
}
