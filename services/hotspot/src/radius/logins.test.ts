import { once } from 'node:events';
import { setTimeout } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { hasFreeRadius, type RadiusAnswer } from '../testing/free-radius.ts';
import { ACCEPTED, attribute, bind, encodeLogin, openRadiusSocket, REJECTED, readAttributes } from '../testing/radius-socket.ts';
import type { TestSite } from '../testing/start-test-hotspot.ts';
import { startTestVenue, type TestAccessPoint, type TestVenue } from '../testing/start-test-venue.ts';
import { REFUSAL_TEXTS } from './judge-login.ts';

const PHONE = '98-01-a7-cb-bb-00';
const LAPTOP = '74-D2-46-AC-EE-11';
const MB = 1_048_576;
const CLASS = 25;

const hex = (text: string) => Buffer.from(text).toString('hex');

interface Login {
  readonly username: string;
  readonly passcode: string;
}

(hasFreeRadius() ? describe : describe.skip)('logins by RADIUS', () => {
  let venue: TestVenue;
  let site: TestSite;
  let point: TestAccessPoint;
  beforeAll(async () => {
    venue = await startTestVenue();
    site = await venue.makeSite();
    point = await venue.makeAccessPoint(site);
  });
  afterAll(() => venue?.close());

  const make = async (params: object = {}, at = site): Promise<Login> =>
    (await venue.call(at, 'create_voucher', params).expect(200)).body.user;
  const login = ({ username, passcode }: Login, mac = PHONE, from = point) => from.login(username, passcode, { 'Calling-Station-Id': mac });
  const lastLogin = async (at = site) => (await venue.call(at, 'get_logins')).body.logins.at(-1);
  const voucherRow = (username: string) => venue.deps.db.prisma.voucher.findFirstOrThrow({ where: { username } });

  it('a voucher lets in by PAP, CHAP and MS-CHAPv2, and the answer is signed', async () => {
    // RFC 2759 §9.2
    const user = await make({ username: 'User', passcode: 'clientPass' });
    const pap = await login(user);
    const chap = await point.ask({
      'User-Name': 'User',
      'CHAP-Password': 'clientPass',
      'Message-Authenticator': '0x00',
      'Calling-Station-Id': PHONE,
    });
    const mschap = await point.ask({
      'User-Name': 'User',
      'MS-CHAP-Challenge': '0x5B5D7C7D7B3F2F3E3C2C602132262628',
      'MS-CHAP2-Response': '0x000021402324255E262A28295F2B3A337C7E000000000000000082309ECD8D708B5EA08FAA3981CD83544233114A3D85D6DF',
      'Message-Authenticator': '0x00',
      'Calling-Station-Id': PHONE,
    });
    expect([pap.code, chap.code, mschap.code]).toEqual(['Access-Accept', 'Access-Accept', 'Access-Accept']);
    const success = Buffer.from('S=407A5589115FD0D6209F510FE9C04566932CDA56').toString('hex');
    expect(mschap.attributes['MS-CHAP2-Success']).toContain(success);
    for (const { attributes } of [pap, chap, mschap]) expect(attributes['Message-Authenticator']).toMatch(/^0x[0-9a-f]{32}$/);
  });

  it.each<[string, object]>([
    ['none', {}],
    ['an empty one', { 'User-Password': '' }],
    ['an empty one by CHAP', { 'CHAP-Password': '' }],
    ['one by EAP, which is not spoken here', { 'EAP-Message': '0x0201000a0175736572' }],
  ])('who sends no passcode does not come in: %s', async (_title, passcode) => {
    const { username } = await make();
    const answer = await point.ask({ 'User-Name': username, 'Calling-Station-Id': PHONE, 'Message-Authenticator': '0x00', ...passcode });
    expect(answer.code).toBe('Access-Reject');
    expect(await voucherRow(username)).toMatchObject({ firstLoginAt: null });
  });

  it('every refusal has its message and a row in the login log', async () => {
    const bound = await venue.makeSite({ bind_mac: true });
    const gate = await venue.makeAccessPoint(bound);
    const [wrong, early, late, empty, busy, other] = await Promise.all([
      make(),
      make({ valid_from: '2099-01-01 00:00:00' }),
      make({ valid_for: '1 hour' }),
      make({ download_limit: 1 }),
      make(),
      make({}, bound),
    ]);
    const { db } = venue.deps;
    const past = new Date(venue.clock().getTime() - 1);
    await db.prisma.voucher.updateMany({ where: { username: late.username }, data: { firstLoginAt: past, expiresAt: past } });
    await db.prisma.voucher.updateMany({ where: { username: empty.username }, data: { bytesOut: BigInt(MB) } });
    expect([(await login(busy)).code, (await login(other, PHONE, gate)).code]).toEqual(['Access-Accept', 'Access-Accept']);
    const refused: [Promise<RadiusAnswer>, string, keyof typeof REFUSAL_TEXTS][] = [
      [login({ ...wrong, passcode: 'no' }), wrong.username, 'wrong-passcode'],
      [login({ username: 'nobody', passcode: 'no' }), 'nobody', 'unknown-login'],
      [login(early), early.username, 'not-yet-valid'],
      [login(late), late.username, 'run-out'],
      [login(empty), empty.username, 'data-used-up'],
      [login(busy, LAPTOP), busy.username, 'too-many-devices'],
      [login(other, LAPTOP, gate), other.username, 'other-mac'],
      [login({ ...other, passcode: 'no' }, LAPTOP, gate), other.username, 'wrong-passcode'],
    ];
    for (const [sent, username, reason] of refused) {
      const { code, attributes } = await sent;
      expect([code, attributes['Reply-Message'], Object.keys(attributes).length]).toEqual(['Access-Reject', REFUSAL_TEXTS[reason], 2]);
      expect(await db.prisma.loginLog.count({ where: { login: username, reason, accepted: false, mac: { not: null } } })).toBe(1);
    }
    const { body } = await venue.call(bound, 'get_logins');
    expect(body.logins.map((row: Record<string, unknown>) => row.terminate_cause)).toEqual(
      expect.arrayContaining([null, 'other-mac', 'wrong-passcode']),
    );
  });

  it('valid_for counts from the first login, Session-Timeout is what is left, and a wrong passcode starts nothing', async () => {
    const user = await make({ valid_for: '2 hours' });
    await login({ ...user, passcode: 'wrong' });
    expect(await voucherRow(user.username)).toMatchObject({ firstLoginAt: null, lastLoginAt: null, expiresAt: null, mac: null });
    venue.clock.advance(1_800_000);
    expect((await login(user)).attributes['Session-Timeout']).toBe('7200');
    const first = venue.clock();
    venue.clock.advance(1_800_500);
    expect((await login(user)).attributes['Session-Timeout']).toBe('5400');
    expect(await voucherRow(user.username)).toMatchObject({ firstLoginAt: first, expiresAt: new Date(first.getTime() + 7_200_000) });
    venue.clock.advance(5_399_500);
    expect((await login(user)).attributes['Reply-Message']).toBe(REFUSAL_TEXTS['run-out']);
    expect((await login(await make({ valid_for: 'always' }))).attributes).not.toHaveProperty('Session-Timeout');
  });

  it('every attribute of the answer is seen on the wire, limits above 4 GiB too, each in its direction', async () => {
    const user = await make({ upload_limit: 3, download_limit: 10_000 });
    await venue.deps.db.prisma.voucher.updateMany({ where: { username: user.username }, data: { bytesIn: 1n, bytesOut: 2n } });
    const { attributes } = await login(user);
    const download = 10_000 * MB - 2;
    expect(attributes).toMatchObject({
      Class: expect.stringMatching(/^0x[0-9a-f]{64}$/),
      'Acct-Interim-Interval': '60',
      'Session-Timeout': '86400',
      'Mikrotik-Recv-Limit': String(3 * MB - 1),
      'Mikrotik-Recv-Limit-Gigawords': '0',
      'Mikrotik-Xmit-Limit': String(download % 2 ** 32),
      'Mikrotik-Xmit-Limit-Gigawords': String(Math.floor(download / 2 ** 32)),
      'ChilliSpot-Max-Input-Octets': String(3 * MB - 1),
      'ChilliSpot-Max-Output-Octets': '4294967295',
    });
  });

  it('a request that the database kept waiting for too long is answered when the access point asks again', async () => {
    const user = await make();
    const socket = await openRadiusSocket(point.address, point.secret, venue.radius);
    let answer: Promise<number> | undefined;
    await venue.deps.db.tx(async (tx) => {
      await tx.execute`LOCK TABLE vouchers IN ACCESS EXCLUSIVE MODE`;
      answer = socket.login(user.username, user.passcode);
      // FreeRADIUS waits for two seconds.
      await setTimeout(2_500);
    });
    expect(await answer).toBe(ACCEPTED);
    socket.close();
  });

  it('a login that is being changed keeps no other waiting, and is judged anew when that is done', async () => {
    // The embedded database has one connection, for which everybody waits.
    if (venue.deps.db.kind !== 'postgres') return;
    const [held, other] = [await make(), await make()];
    const socket = await openRadiusSocket(point.address, point.secret, venue.radius);
    let answer: Promise<number> | undefined;
    let meanwhile: number | undefined;
    await venue.deps.db.tx(async (tx) => {
      await tx.execute`UPDATE vouchers SET expires_at = ${venue.clock()} WHERE username = ${held.username}`;
      answer = socket.login(held.username, held.passcode);
      await setTimeout(100);
      meanwhile = await socket.login(other.username, other.passcode);
    });
    expect([meanwhile, await answer]).toEqual([ACCEPTED, REJECTED]);
    socket.close();
  });

  it('a request that comes again when the session has long begun opens no other and ends none', async () => {
    const user = await make();
    const socket = await bind(point.address);
    const packet = encodeLogin(7, point.secret, user.username, user.passcode);
    const ask = async () => {
      const answer = once(socket, 'message');
      socket.send(packet, venue.radius.authPort, '127.0.0.1');
      return readAttributes((await answer)[0])
        .get(CLASS)
        ?.toString();
    };
    const classRef = await ask();
    const session = { 'Acct-Session-Id': 'begun', Class: `0x${Buffer.from(String(classRef)).toString('hex')}` };
    expect((await point.account({ 'Acct-Status-Type': 'Start', ...session })).code).toBe('Accounting-Response');
    // FreeRADIUS has forgotten its answer by then.
    await setTimeout(1_500);
    expect(await ask()).toBe(classRef);
    socket.close();
    expect(await venue.deps.db.prisma.guestSession.findMany({ where: { login: user.username } })).toMatchObject([
      { classRef, endedAt: null },
    ]);
  });

  it('names in any script and passcodes with signs are data', async () => {
    const user = await make({ username: '访客 "😀" \\ %{User-Name}', passcode: `p"a'ss\\%{exec:id}é` });
    // radclient would read the signs as its own.
    const socket = await openRadiusSocket(point.address, point.secret, venue.radius);
    expect(await socket.login(user.username, user.passcode)).toBe(ACCEPTED);
    expect(await socket.login(user.username, `${user.passcode} `)).toBe(REJECTED);
    socket.close();
    expect((await lastLogin()).login).toBe(user.username);
  });

  it.each(['a\\\\b', 'C:\\new\\101', 'ends with \\', '"\\"'])('a passcode with backslashes is what was typed: %s', async (passcode) => {
    const user = await make({ passcode });
    const socket = await openRadiusSocket(point.address, point.secret, venue.radius);
    expect(await socket.login(user.username, passcode)).toBe(ACCEPTED);
    socket.close();
  });

  it('a login that was asked for before another of its device, and comes after it, ends no session before its beginning', async () => {
    const user = await make();
    venue.clock.advance(1_000);
    const signIn = (session: string) =>
      point.login(user.username, user.passcode, { 'Calling-Station-Id': PHONE, 'Acct-Session-Id': session });
    await signIn('later');
    const at = venue.clock();
    venue.clock.advance(-1_000);
    await signIn('earlier');
    venue.clock.advance(1_000);
    const [later] = await venue.deps.db.prisma.guestSession.findMany({ where: { login: user.username }, orderBy: { id: 'asc' } });
    expect(later).toMatchObject({ terminateCause: 'superseded', startedAt: at, endedAt: at });
    expect(await voucherRow(user.username)).toMatchObject({ firstLoginAt: at, lastLoginAt: at });
  });

  it('attributes as long as they may be arrive whole', async () => {
    const name = '\n'.repeat(126) + 'n'.repeat(127);
    const socket = await openRadiusSocket(point.address, point.secret, venue.radius);
    const longest = [31, 44].map((type) => attribute(type, 'x'.repeat(253)));
    expect(await socket.login(name, 'wrong', longest)).toBe(REJECTED);
    socket.close();
    expect(await lastLogin()).toMatchObject({ login: 'n'.repeat(127) });
  });

  it('an access point that asks again for a lost answer, or for a session that goes on, gets the session that it has', async () => {
    const user = await make();
    const [first, again] = [await login(user), await login(user)];
    expect(again.attributes.Class).toBe(first.attributes.Class);
    const session = { 'Acct-Session-Id': 'a1', 'Calling-Station-Id': PHONE };
    await point.account({ 'Acct-Status-Type': 'Start', Class: String(first.attributes.Class), 'User-Name': user.username, ...session });
    venue.clock.advance(3_600_000);
    await venue.deps.db.execute`UPDATE guest_sessions SET last_update_at = ${venue.clock()}`;
    expect((await point.login(user.username, user.passcode, session)).attributes.Class).toBe(first.attributes.Class);
    expect(await venue.deps.db.prisma.guestSession.count({ where: { login: user.username } })).toBe(1);
    expect(await venue.deps.db.prisma.loginLog.count({ where: { login: user.username } })).toBe(1);
    expect((await point.login(user.username, user.passcode, { ...session, 'Acct-Session-Id': 'a2' })).attributes.Class).not.toBe(
      first.attributes.Class,
    );
    const causes = await venue.deps.db.prisma.guestSession.findMany({ where: { login: user.username }, orderBy: { id: 'asc' } });
    expect(causes.map(({ terminateCause }) => terminateCause)).toEqual(['superseded', null]);
  });

  it.each([
    [1, 20],
    [2, 10],
  ])('of 5 devices at once with one voucher %i come in, and each of the others is refused and logged, %i times', async (allowed, times) => {
    const { db, internalSecret } = venue.deps;
    const busy = await venue.makeSite({ devices_per_voucher: allowed });
    const gate = await venue.makeAccessPoint(busy);
    const rounds = await db.query<{ id: number; username: string }>`
      INSERT INTO vouchers (site_id, username, passcode, fullname, valid_for, valid_from)
      SELECT ${busy.id}, 'race-' || n, ''::bytea, 'Race', '1 day', ${venue.clock()} FROM generate_series(1, ${times}::int) n RETURNING id, username`;
    for (const { id, username } of rounds) {
      const url = `http://127.0.0.1:${venue.restPort}/radius/login`;
      const guest = `ref=voucher-${id}&nas=access-point-${gate.id}&from=${gate.address}&User-Name=${hex(username)}`;
      const answers = await Promise.all(
        [1, 2, 3, 4, 5].map(async (device) => {
          const packet = `${guest}&Calling-Station-Id=${hex(`00-00-00-00-00-0${device}`)}`;
          const headers = { 'x-gatehouse-secret': internalSecret, 'x-gatehouse-packet': packet };
          return (await fetch(url, { method: 'POST', headers })).text();
        }),
      );
      expect(answers.filter((answer) => answer.includes('reply:Class'))).toHaveLength(allowed);
      expect(answers.filter((answer) => answer.includes(REFUSAL_TEXTS['too-many-devices']))).toHaveLength(5 - allowed);
      expect(await db.prisma.guestSession.count({ where: { voucherId: id } })).toBe(allowed);
      expect(await db.prisma.loginLog.count({ where: { siteId: busy.id, login: username, accepted: false } })).toBe(5 - allowed);
    }
  });

  it('guests by e-mail, mobile, Facebook and free log in with what the guest endpoint answered and are seen on line', async () => {
    const guests: [string, object][] = [
      ['email', { email: 'user1@example.com' }],
      ['mobile', { mobile: '+1 555 987 6543' }],
      ['facebook', { fb_id: '1000001' }],
      ['free', {}],
    ];
    const venueSite = await venue.makeSite({ devices_per_voucher: 1 });
    const gate = await venue.makeAccessPoint(venueSite);
    const signIn = async (method: string, body: object, mac: string): Promise<Login> => {
      const answer = await venue.gateway
        .post(`/hotspot/v1/sites/${venueSite.id}/guests/${method}`)
        .set('authorization', `Bearer ${venueSite.key}`)
        .send({ ...body, mac, consent_version: '1' })
        .expect(201);
      return { username: answer.body.login, passcode: answer.body.passcode };
    };
    const logins: string[] = [];
    for (const [index, [method, body]] of guests.entries()) {
      const mac = `98:01:A7:CB:BB:1${index}`;
      const guest = await signIn(method, body, mac);
      expect((await login(guest, mac, gate)).code).toBe('Access-Accept');
      logins.push(guest.username);
    }
    const { body } = await venue.call(venueSite, 'get_active_guests');
    expect(body.data.map((row: Record<string, unknown>) => row.logins)).toEqual(logins);
    expect(logins.slice(0, 2)).toEqual(['user1@example.com', '15559876543']);
    const { body: log } = await venue.call(venueSite, 'get_logins');
    expect(log.logins.map((row: Record<string, unknown>) => row.method)).toEqual(['email', 'mobile', 'facebook', 'free']);
    // The same guest with two more devices: the passcode tells the visits apart, whichever way it is proved.
    const [laptop, tablet] = [
      await signIn('email', { email: 'user1@example.com' }, LAPTOP),
      await signIn('email', { email: 'user1@example.com' }, PHONE),
    ];
    const ask = (kind: string, { username, passcode }: Login, mac: string) =>
      gate.ask({ 'User-Name': username, [kind]: passcode, 'Message-Authenticator': '0x00', 'Calling-Station-Id': mac });
    expect((await ask('CHAP-Password', laptop, 'none')).code).toBe('Access-Accept');
    expect((await ask('MS-CHAP-Password', tablet, 'none')).code).toBe('Access-Accept');
    expect((await ask('MS-CHAP-Password', { ...tablet, passcode: 'no' }, PHONE)).code).toBe('Access-Reject');
  });
});
