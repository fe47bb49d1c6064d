import { createBulkClient } from '@gatehouse/testing';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { encodeReport, INTERIM, type Report, START, STOP } from '../testing/accounting-report.ts';
import { hasFreeRadius } from '../testing/free-radius.ts';
import { attribute, openRadiusSocket, type RadiusSocket } from '../testing/radius-socket.ts';
import type { TestSite } from '../testing/start-test-hotspot.ts';
import { startTestVenue, type TestVenue } from '../testing/start-test-venue.ts';

/** The embedded database is one thread of WebAssembly, and a first look wants no minute: there fewer sessions say the same. */
const SESSIONS = process.env.FULL_RACES ? 10_000 : 40;
const ACCESS_POINTS = 20;
const CALLING_STATION_ID = 31;

(hasFreeRadius() ? describe : describe.skip)(`${SESSIONS} sessions of 20 access points at once`, () => {
  let venue: TestVenue;
  let site: TestSite;
  let sockets: RadiusSocket[];
  beforeAll(async () => {
    venue = await startTestVenue();
    site = await venue.makeSite();
    const vouchers = Array.from({ length: SESSIONS }, (_, guest) => ({ username: nameOf(guest), passcode: passcodeOf(guest) }));
    expect(await createBulkClient(venue.gatewayUrl, 'vouchers').importRows(vouchers, { site: site.id })).toEqual({ imported: SESSIONS });
    const points = await Promise.all(Array.from({ length: ACCESS_POINTS }, () => venue.makeAccessPoint(site)));
    sockets = await Promise.all(points.map(({ address, secret }) => openRadiusSocket(address, secret, venue.radius)));
  }, 120_000);
  afterAll(async () => {
    for (const socket of sockets ?? []) socket.close();
    await venue?.close();
  });

  const nameOf = (guest: number) => `guest-${guest}`;
  const passcodeOf = (guest: number) => `code-${guest}`;
  const macOf = (guest: number) => `02-00-00-${(guest >> 16) & 255}-${(guest >> 8) & 255}-${guest & 255}`.replace(/\d+/g, toHex);
  const toHex = (part: string) => Number(part).toString(16).padStart(2, '0');
  /** What a guest has sent and got in the end. */
  const finalOf = (guest: number) => ({ sent: 2 * guest, got: 1, seconds: 120 });
  const totals = { sent: SESSIONS * (SESSIONS - 1), got: SESSIONS };
  const classes: string[] = [];

  async function eachGuest(work: (guest: number, socket: RadiusSocket) => Promise<void>): Promise<void> {
    await Promise.all(Array.from({ length: SESSIONS }, (_, guest) => work(guest, sockets[guest % ACCESS_POINTS] as RadiusSocket)));
  }
  const report = (guest: number, socket: RadiusSocket, what: Report) =>
    socket.account(encodeReport({ session: `s${guest}`, classRef: String(classes[guest]), ...what }));

  it('all come on line, and are the live guests', async () => {
    await eachGuest(async (guest, socket) => {
      classes[guest] = await socket.signIn(nameOf(guest), passcodeOf(guest), [attribute(CALLING_STATION_ID, macOf(guest))]);
      await report(guest, socket, { status: START });
      await report(guest, socket, { status: INTERIM, sent: guest, got: 0, seconds: 60 });
    });
    const { data } = (await venue.call(site, 'get_active_guests').expect(200)).body;
    expect(new Set(data.map((row: Record<string, unknown>) => row.logins)).size).toBe(SESSIONS);
    expect(sumOf(data, 'bytes-in')).toBe((SESSIONS * (SESSIONS - 1)) / 2);
  }, 300_000);

  it('all go again, some packets coming twice and late: every byte is counted, none twice', async () => {
    await eachGuest(async (guest, socket) => {
      const stop = () => report(guest, socket, { status: STOP, ...finalOf(guest), cause: 1 });
      await stop();
      if (guest % 10 === 0) await stop();
      if (guest % 10 === 1) await report(guest, socket, { status: INTERIM, sent: guest, got: 0, seconds: 60 });
    });
    expect((await venue.call(site, 'get_active_guests').expect(200)).body.data).toEqual([]);
    const { logins } = (await venue.call(site, 'get_logins').expect(200)).body;
    expect(logins).toHaveLength(SESSIONS);
    expect({ sent: sumOf(logins, 'bytes-in'), got: sumOf(logins, 'bytes-out') }).toEqual(totals);
    const [vouchers] = await venue.deps.db.query<Record<string, unknown>>`
      SELECT sum(bytes_in)::int AS sent, sum(bytes_out)::int AS got FROM vouchers`;
    expect(vouchers).toEqual(totals);
  }, 300_000);
});

function sumOf(rows: readonly Record<string, unknown>[], member: string): number {
  return rows.reduce((sum, row) => sum + Number(row[member]), 0);
}
