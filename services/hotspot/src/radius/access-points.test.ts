import type { Socket } from 'node:dgram';
import { createLog } from '@gatehouse/http';
import { createTestDeps, type TestDeps } from '@gatehouse/testing';
import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { hasFreeRadius } from '../testing/free-radius.ts';
import { ACCEPTED, bind, encodeLogin, openRadiusSocket } from '../testing/radius-socket.ts';
import type { TestSite } from '../testing/start-test-hotspot.ts';
import { startTestVenue, type TestAccessPoint, type TestVenue } from '../testing/start-test-venue.ts';
import { findAccessPoint, findEmptyNetwork } from './access-point-repository.ts';

// The half second is a promise of the contract; a machine that is busy with something else gets another try at it.
jest.retryTimes(2);

/** After so long RouterOS asks again, unless told otherwise. */
const MIKROTIK_TIMEOUT_MS = 300;

(hasFreeRadius() ? describe : describe.skip)('access points', () => {
  let base: TestDeps;
  let venue: TestVenue;
  let site: TestSite;
  let user: { readonly username: string; readonly passcode: string };
  const lines: string[] = [];
  beforeAll(async () => {
    base = await createTestDeps({ log: createLog('hotspot', 'info', { write: (line) => void lines.push(line) }) });
    venue = await startTestVenue({ on: base, seconds: 1 });
    site = await venue.makeSite({ devices_per_voucher: 1000 });
    await venue.makeAccessPoint(site);
    user = (await venue.call(site, 'create_voucher').expect(200)).body.user;
  });
  afterAll(async () => {
    await venue?.close();
    await base?.close();
  });
  /** Whether there is an answer, within a second: those who wait for none need not wait for long. */
  const answers = async (point: Pick<TestAccessPoint, 'ask'>) =>
    (await point.ask({ 'User-Name': user.username, 'User-Password': user.passcode, 'Message-Authenticator': '0x00' }, 1)).code !== 'none';
  const logged = () => lines.join('') + venue.radius.log();

  it('one that no site lists gets no answer, and the log says which and why', async () => {
    const stranger = venue.asAccessPoint(`${venue.prefix}200`, 'a-secret-of-its-own');
    expect(await answers(stranger)).toBe(false);
    expect(logged()).toMatch(new RegExp(`unknown client ${stranger.address.replaceAll('.', '\\.')} `));
    expect(logged()).toContain(`"address":"${stranger.address}","network":"127.`);
    expect(logged()).toContain('RADIUS from an access point that no site lists: not answered');
  });

  it('one outside the networks that the operator names gets no answer, listed or not', async () => {
    const address = `127.255.${venue.prefix.split('.')[2]}.9`;
    const { body } = await venue.admin('post', `sites/${site.id}/nas`, { name: 'Far', address }).expect(201);
    expect(await answers(venue.asAccessPoint(address, body.secret))).toBe(false);
    expect(logged()).toContain(`unknown client ${address} `);
  });

  it('a secret with backslashes is what was typed', async () => {
    const [address, secret] = [`${venue.prefix}140`, String.raw`back\\slash\n\101"`];
    await venue.admin('post', `sites/${site.id}/nas`, { name: 'Backslash', address, secret }).expect(201);
    const socket = await openRadiusSocket(address, secret, venue.radius);
    expect(await socket.login(user.username, user.passcode)).toBe(ACCEPTED);
    socket.close();
  });

  it('one with a wrong secret gets no answer, and the log says which and why', async () => {
    const { address } = await venue.makeAccessPoint(site);
    expect(await answers(venue.asAccessPoint(address, 'not-its-secret-at-all'))).toBe(false);
    expect(logged()).toContain(`Received packet from ${address} with invalid Message-Authenticator!  (Shared secret is incorrect.)`);
  });

  it('a request without Message-Authenticator is not answered where it is required, and the log says which and why', async () => {
    const point = await venue.makeAccessPoint(site, { name: 'Lobby' });
    const login = { 'User-Name': user.username, 'User-Password': user.passcode };
    expect((await point.ask(login, 1)).code).toBe('none');
    const line = lines.find((text) => text.includes('without Message-Authenticator'));
    expect(JSON.parse(line ?? '{}')).toMatchObject({
      nas: 'Lobby',
      address: point.address,
      msg: 'RADIUS request without Message-Authenticator: not answered',
    });
    expect(await venue.deps.db.prisma.guestSession.count({ where: { nasId: point.id } })).toBe(0);
    const old = await venue.makeAccessPoint(site, { require_message_authenticator: false });
    const answer = await old.ask(login);
    expect([answer.code, Object.keys(answer.attributes)[0]]).toEqual(['Access-Accept', 'Message-Authenticator']);
  });

  it('a network stands for all its devices, but for those that are listed by themselves', async () => {
    const { body } = await venue.admin('post', `sites/${site.id}/nas`, { name: 'Floor', address: `${venue.prefix}128/26` }).expect(201);
    const single = await venue.admin('post', `sites/${site.id}/nas`, { name: 'Desk', address: `${venue.prefix}130` }).expect(201);
    const login = async (last: number, secret: string) =>
      (await venue.asAccessPoint(`${venue.prefix}${last}`, secret).login(user.username, user.passcode)).code;
    expect(await Promise.all([login(129, body.secret), login(131, body.secret), login(130, single.body.secret)])).toEqual(
      Array(3).fill('Access-Accept'),
    );
    expect(await answers(venue.asAccessPoint(`${venue.prefix}130`, body.secret))).toBe(false);
  });

  it('around a stranger the widest network without access points is told, IPv6 too', async () => {
    const { db } = venue.deps;
    await venue.admin('post', `sites/${site.id}/nas`, { name: 'Six', address: '2001:db8:1::5' }).expect(201);
    await venue.admin('post', `sites/${site.id}/nas`, { name: 'Net', address: '2001:db8:2::/48' }).expect(201);
    const empty = await Promise.all(
      ['203.0.113.9', '2001:db9::1', '2001:db8:1::9', '2001:db8:3::1'].map((address) => findEmptyNetwork(db, address)),
    );
    expect(empty).toEqual(['203.0.0.0/8', '2001:db9::/32', '2001:db8:1::9/128', '2001:db8:3::/48']);
    const networkOf = async (address: string, within: string) => (await findAccessPoint(db, address, within))?.network;
    expect(await networkOf('2001:db8:1::5', '2001:db8::/32')).toBe('2001:db8:1::5/128');
    expect(await networkOf('2001:db8:2::77', '2001:db8::/32')).toBe('2001:db8:2::/48');
    // Wider than what the operator lets FreeRADIUS hear: the one address only.
    expect(await networkOf('2001:db8:2::77', '2001:db8:2:0::/64')).toBe('2001:db8:2::77/128');
    expect(await networkOf('2001:db8:4::1', '2001:db8::/32')).toBeUndefined();
  });

  it('one that is taken off the list, or gets another secret, is forgotten', async () => {
    const [gone, changed] = [await venue.makeAccessPoint(site), await venue.makeAccessPoint(site)];
    for (const point of [gone, changed]) expect((await point.login(user.username, user.passcode)).code).toBe('Access-Accept');
    await venue.admin('delete', `sites/${site.id}/nas/${gone.id}`).expect(204);
    await venue.admin('patch', `sites/${site.id}/nas/${changed.id}`, { secret: 'a-new-secret-0123456789' }).expect(200);
    // FreeRADIUS remembers for a second here. The time is its own: nothing but waiting for the right answer moves it.
    const anew = venue.asAccessPoint(changed.address, 'a-new-secret-0123456789');
    let answer = await anew.login(user.username, user.passcode);
    for (let tries = 0; answer.code === 'none' && tries < 3; tries += 1) answer = await anew.login(user.username, user.passcode);
    expect(answer.code).toBe('Access-Accept');
    expect(await answers(gone)).toBe(false);
  });

  it('2,000 packets a second from strangers delay no valid login by more than half a second', async () => {
    const strangers = await Promise.all(Array.from({ length: 50 }, (_, index) => bind(`${venue.prefix}${201 + index}`)));
    const points = await Promise.all(Array.from({ length: 10 }, () => venue.makeAccessPoint(site)));
    const packet = encodeLogin(1, 'any secret', 'nobody', 'nothing');
    const spray = startSpray(strangers, packet, venue.radius.authPort);
    const durations: number[] = [];
    try {
      // Each was never heard of before, so that it has to be looked up in the middle of the spray; then it is known.
      for (const point of points) {
        const socket = await openRadiusSocket(point.address, point.secret, venue.radius, MIKROTIK_TIMEOUT_MS);
        for (let time = 0; time < 3; time += 1) {
          const startedAt = performance.now();
          expect(await socket.login(user.username, user.passcode)).toBe(ACCEPTED);
          durations.push(performance.now() - startedAt);
        }
        socket.close();
      }
    } finally {
      spray.stop();
      for (const stranger of strangers) stranger.close();
    }
    expect(Math.max(...durations)).toBeLessThan(500);
  });
});

/** Sends 2,000 packets a second, from every socket in turn. */
function startSpray(sockets: readonly Socket[], packet: Buffer, port: number) {
  const startedAt = performance.now();
  let sent = 0;
  const timer = setInterval(() => {
    const due = (performance.now() - startedAt) * 2;
    for (; sent < due; sent += 1) sockets[sent % sockets.length]?.send(packet, port, '127.0.0.1');
  }, 5);
  return { stop: () => clearInterval(timer) };
}
