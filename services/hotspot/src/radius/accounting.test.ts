import { createHash } from 'node:crypto';
import type { Socket } from 'node:dgram';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { encodeReport, INTERIM, ON, type Report, START, STOP } from '../testing/accounting-report.ts';
import { hasFreeRadius } from '../testing/free-radius.ts';
import { attribute, bind, openRadiusSocket, type RadiusSocket, readAttributes } from '../testing/radius-socket.ts';
import type { TestSite } from '../testing/start-test-hotspot.ts';
import { startTestVenue, type TestAccessPoint, type TestVenue } from '../testing/start-test-venue.ts';
import { sweepStaleSessions } from './sweep-stale-sessions.ts';

const MB = 1_048_576;
(hasFreeRadius() ? describe : describe.skip)('accounting by RADIUS', () => {
  let venue: TestVenue;
  let site: TestSite;
  let point: TestAccessPoint;
  let socket: RadiusSocket;
  beforeAll(async () => {
    venue = await startTestVenue();
    site = await venue.makeSite();
    point = await venue.makeAccessPoint(site);
    socket = await openRadiusSocket(point.address, point.secret, venue.radius);
  });
  afterAll(async () => {
    socket?.close();
    await venue?.close();
  });

  let devices = 0;
  /** Makes a voucher and signs in with it. @returns the name and the Class */
  async function signIn(params: object = {}, at = point) {
    devices += 1;
    const mac = `00-00-00-00-${String(devices)
      .padStart(4, '0')
      .replace(/(..)(..)/, '$1-$2')}`;
    const { username, passcode } = (await venue.call(site, 'create_voucher', params).expect(200)).body.user;
    const { attributes } = await at.login(username, passcode, { 'Calling-Station-Id': mac });
    const classRef = Buffer.from(String(attributes.Class).slice(2), 'hex').toString();
    return { username, passcode, mac, classRef };
  }
  const report = (sent: Report, by = socket) => by.account(encodeReport(sent));
  const active = async (username: string) =>
    (await venue.call(site, 'get_active_guests')).body.data.find((row: Record<string, unknown>) => row.logins === username);
  const logged = async (username: string) =>
    (await venue.call(site, 'get_logins')).body.logins.filter((row: Record<string, unknown>) => row.login === username);
  const used = async (username: string) => {
    const { bytesIn, bytesOut } = await venue.deps.db.prisma.voucher.findFirstOrThrow({ where: { username } });
    return [Number(bytesIn), Number(bytesOut)];
  };

  it('a call that does not say what happened is refused, so that nobody takes it for stored', async () => {
    const url = `http://127.0.0.1:${venue.restPort}/radius/accounting`;
    const secret = { 'x-gatehouse-secret': venue.deps.internalSecret };
    const gate = `nas=access-point-${point.id}&from=${point.address}`;
    // As a FreeRADIUS calls that still has the configuration of an earlier version: all it tells is in the query.
    const old = await fetch(`${url}?${gate}&Acct-Status-Type=Stop`, { method: 'POST', headers: secret });
    expect([old.status, await old.json()]).toEqual([
      400,
      expect.objectContaining({ details: [{ path: 'x-gatehouse-packet', message: 'is missing' }] }),
    ]);
    const response = await fetch(url, { method: 'POST', headers: { ...secret, 'x-gatehouse-packet': `ref=&${gate}&Class=` } });
    expect([response.status, await response.json()]).toEqual([
      400,
      expect.objectContaining({ details: [{ path: 'Acct-Status-Type', message: 'is missing' }] }),
    ]);
  });

  it('get_active_guests and get_logins say what the packets said, in their units and directions', async () => {
    const { username, classRef } = await signIn();
    await report({ status: START, classRef });
    venue.clock.advance(60_000);
    await report({ status: INTERIM, classRef, sent: 5 * 2 ** 32 + 7, got: 11 * 2 ** 32 + 13, seconds: 60 });
    venue.clock.advance(30_000);
    expect(await active(username)).toMatchObject({
      uptime: '0h01m30s',
      'idle-time': '0h00m30s',
      'bytes-in': String(5 * 2 ** 32 + 7),
      'bytes-out': String(11 * 2 ** 32 + 13),
    });
    await report({ status: STOP, classRef, sent: 6 * 2 ** 32, got: 12 * 2 ** 32, seconds: 90, cause: 1 });
    expect(await active(username)).toBeUndefined();
    expect(await logged(username)).toMatchObject([
      { uptime: '0h01m30s', 'bytes-in': String(6 * 2 ** 32), 'bytes-out': String(12 * 2 ** 32), terminate_cause: 'User-Request' },
    ]);
    expect(await used(username)).toEqual([6 * 2 ** 32, 12 * 2 ** 32]);
  });

  it('packets repeated, in any order and late lose nothing, double nothing and open nothing', async () => {
    const reports: Report[] = [
      { status: START },
      { status: INTERIM, sent: 10, got: 100, seconds: 60 },
      { status: INTERIM, sent: 20, got: 300, seconds: 120 },
      { status: STOP, sent: 25, got: 310, seconds: 130, cause: 4 },
    ];
    const orders = [
      [3, 0, 1, 2],
      [1, 0, 3, 2],
      [2, 3, 1, 0],
      [0, 2, 1, 3],
      [3, 2, 1, 0],
      [0, 1, 2, 3],
    ];
    await Promise.all(
      orders.map(async (order) => {
        const { username, classRef } = await signIn();
        for (const index of [...order, ...order]) await report({ ...reports[index], status: START, ...reports[index], classRef });
        expect(await active(username)).toBeUndefined();
        expect(await logged(username)).toMatchObject([{ 'bytes-in': '25', 'bytes-out': '310', terminate_cause: 'Idle-Timeout' }]);
        expect(await used(username)).toEqual([25, 310]);
      }),
    );
    const { username, classRef } = await signIn();
    await Promise.all([...reports, ...reports, ...reports].map((one) => report({ ...one, classRef })));
    expect(await used(username)).toEqual([25, 310]);
    expect(await active(username)).toBeUndefined();
  });

  it('limits hold across sessions, each in its direction, and above 4 GiB', async () => {
    const { username, passcode, mac, classRef } = await signIn({ upload_limit: 6_000, download_limit: 9_000 });
    await report({ status: STOP, classRef, sent: 5_000 * MB, got: 100 * MB, seconds: 10, cause: 1 });
    const again = await point.login(username, passcode, { 'Calling-Station-Id': mac });
    expect(again.attributes).toMatchObject({
      'Mikrotik-Recv-Limit': String(1_000 * MB),
      'Mikrotik-Recv-Limit-Gigawords': '0',
      'Mikrotik-Xmit-Limit': String((8_900 * MB) % 2 ** 32),
      'Mikrotik-Xmit-Limit-Gigawords': '2',
    });
    const next = Buffer.from(String(again.attributes.Class).slice(2), 'hex').toString();
    await report({ status: STOP, classRef: next, sent: 1_000 * MB, got: 1, seconds: 10, cause: 1 });
    expect((await point.login(username, passcode, { 'Calling-Station-Id': mac })).attributes['Reply-Message']).toBe(
      'The data of this login is used up.',
    );
    expect(await used(username)).toEqual([6_000 * MB, 100 * MB + 1]);
  });

  it('an Acct-Session-Id that comes again after a reboot is another session, and Accounting-On ends what was before', async () => {
    const other = await venue.makeAccessPoint(site);
    const [before, elsewhere] = [await signIn(), await signIn({}, other)];
    await report({ status: START, classRef: before.classRef, session: '80000001' });
    await report({ status: INTERIM, classRef: before.classRef, session: '80000001', sent: 10, got: 20, seconds: 5 });
    venue.clock.advance(10_000);
    await report({ status: ON });
    expect(await active(before.username)).toBeUndefined();
    expect(await logged(before.username)).toMatchObject([{ terminate_cause: 'NAS-Reboot', 'bytes-in': '10' }]);
    expect(await active(elsewhere.username)).toBeDefined();
    venue.clock.advance(1_000);
    const after = await signIn();
    await report({ status: START, classRef: after.classRef, session: '80000001' });
    await report({ status: INTERIM, classRef: after.classRef, session: '80000001', sent: 1, got: 2, seconds: 5 });
    // Late ones of before the reboot, and the On once more, as of when it was sent.
    await report({ status: INTERIM, classRef: before.classRef, session: '80000001', sent: 15, got: 20, seconds: 9, delay: 3 });
    await report({ status: ON, delay: 5 });
    expect([await used(before.username), await used(after.username)]).toEqual([
      [15, 20],
      [1, 2],
    ]);
    expect(await active(before.username)).toBeUndefined();
    expect(await active(after.username)).toMatchObject({ 'bytes-in': '1' });
  });

  it('a device that moves on with its Class and counts anew is counted in full', async () => {
    const { username, classRef } = await signIn();
    await report({ status: INTERIM, classRef, session: 'ap-1', sent: 100, got: 1_000, seconds: 60 });
    await report({ status: INTERIM, classRef, session: 'ap-2', sent: 5, got: 50, seconds: 5 });
    await report({ status: STOP, classRef, session: 'ap-1', sent: 110, got: 1_100, seconds: 70, cause: 2 });
    await report({ status: STOP, classRef, session: 'ap-2', sent: 7, got: 70, seconds: 9, cause: 1 });
    expect(await used(username)).toEqual([117, 1_170]);
    expect(await active(username)).toBeUndefined();
  });

  it('a report as long as it may be is understood, by the one of its Classes that is ours', async () => {
    const { username, classRef } = await signIn();
    const others = Array.from({ length: 12 }, () => attribute(25, 'x'.repeat(253)));
    const longest = [attribute(1, 'n'.repeat(253)), attribute(31, 'x'.repeat(253)), ...others];
    await socket.account([...longest, ...encodeReport({ status: INTERIM, classRef, session: 's'.repeat(253), sent: 3, got: 4 })]);
    expect(await used(username)).toEqual([3, 4]);
  });

  it('an access point that does not hand the Class back is understood by its own number', async () => {
    const { username, mac } = await signIn();
    const from = [attribute(1, username), attribute(31, mac)];
    await socket.account([...encodeReport({ status: START, session: 'x9' }), ...from]);
    await socket.account([...encodeReport({ status: STOP, session: 'x9', sent: 3, got: 4, cause: 1 }), ...from]);
    await socket.account([...encodeReport({ status: STOP, session: 'x9', sent: 3, got: 4, cause: 1 }), ...from]);
    expect(await used(username)).toEqual([3, 4]);
    expect(await active(username)).toBeUndefined();
  });

  it('accounting of nobody, of another site and of no kind is answered and counts for nothing', async () => {
    const foreign = await venue.makeAccessPoint(await venue.makeSite());
    const thief = await openRadiusSocket(foreign.address, foreign.secret, venue.radius);
    const { username, classRef } = await signIn();
    await report({ status: STOP, classRef, sent: 99, got: 99 }, thief);
    await report({ status: INTERIM, classRef: 'f'.repeat(32), sent: 99 });
    await report({ status: INTERIM, classRef: `' OR 1=1 --`, sent: 99 });
    await report({ status: 99, classRef });
    thief.close();
    expect(await used(username)).toEqual([0, 0]);
    expect(await active(username)).toBeDefined();
  });

  it('a silent access point has its sessions closed as stale, and one that was only cut off is on line again', async () => {
    const [gone, back] = [await signIn(), await signIn()];
    for (const { classRef } of [gone, back]) await report({ status: INTERIM, classRef, sent: 5, got: 5, seconds: 0 });
    const lastHeard = venue.clock();
    venue.clock.advance(181_000);
    expect(await sweepStaleSessions(venue.deps)).toBeGreaterThanOrEqual(2);
    expect([await active(gone.username), await active(back.username)]).toEqual([undefined, undefined]);
    expect(await venue.deps.db.prisma.guestSession.findFirst({ where: { login: gone.username } })).toMatchObject({
      terminateCause: 'stale',
      endedAt: lastHeard,
    });
    // Late, from before the silence: its bytes count.
    await report({ status: INTERIM, classRef: gone.classRef, sent: 8, got: 9, seconds: 20, delay: 160 });
    await report({ status: INTERIM, classRef: back.classRef, sent: 8, got: 9, seconds: 182 });
    expect(await active(gone.username)).toBeUndefined();
    expect(await used(gone.username)).toEqual([8, 9]);
    expect(await active(back.username)).toMatchObject({ 'bytes-in': '8' });
  });

  describe('Disconnect-Requests', () => {
    let stand: Socket;
    const received: { code: number; attributes: Map<number, string>; valid: boolean }[] = [];
    beforeAll(async () => {
      stand = await bind(point.address, 3799);
      stand.on('message', (packet, from) => {
        received.push(decodeRequest(packet, point.secret));
        stand.send(acknowledge(packet, point.secret), from.port, from.address);
      });
    });
    afterAll(() => void stand?.close());
    const until = async (count: number) => {
      while (received.length < count) await new Promise((resolve) => stand.once('message', resolve));
      return received[count - 1];
    };

    it('remove_voucher ends the session, here and at the access point', async () => {
      const { username, classRef } = await signIn({ username: 'Zoë "O\'Neil"' });
      await report({ status: START, classRef, session: 'live-1' });
      await venue.call(site, 'remove_voucher', { username }).expect(200);
      expect(await active(username)).toBeUndefined();
      const request = await until(1);
      expect(request).toMatchObject({ code: 40, valid: true });
      expect([request?.attributes.get(1), request?.attributes.get(44)]).toEqual([username, 'live-1']);
      expect(await logged(username)).toMatchObject([{ terminate_cause: 'Admin-Reset' }]);
      // Its last bytes come all the same; and if it went on, it would be told again.
      await report({ status: INTERIM, classRef, session: 'live-1', sent: 5, seconds: 1 });
      await until(2);
      expect(await active(username)).toBeUndefined();
    });

    it('a limit that is used up disconnects the guest', async () => {
      const { classRef } = await signIn({ download_limit: 1 });
      await report({ status: INTERIM, classRef, session: 'live-2', sent: 50 * MB, got: MB - 1, seconds: 1 });
      expect(received).toHaveLength(2);
      await report({ status: INTERIM, classRef, session: 'live-2', sent: 50 * MB, got: MB, seconds: 2 });
      expect((await until(3))?.attributes.get(44)).toBe('live-2');
    });
  });
});

function decodeRequest(packet: Buffer, secret: string) {
  const attributes = new Map([...readAttributes(packet)].map(([number, octets]) => [number, octets.toString()]));
  const unsigned = Buffer.from(packet);
  unsigned.fill(0, 4, 20);
  const expected = createHash('md5').update(unsigned).update(secret).digest();
  return { code: packet.readUInt8(0), attributes, valid: expected.equals(packet.subarray(4, 20)) };
}

function acknowledge(request: Buffer, secret: string): Buffer {
  const answer = Buffer.concat([Buffer.from([41, request.readUInt8(1), 0, 20]), request.subarray(4, 20)]);
  createHash('md5').update(answer).update(secret).digest().copy(answer, 4);
  return answer;
}
