import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import supertest from 'supertest';
import { makeWorld, type World } from '../black-box.ts';
import { allHealthy, containersOf, deployment, docker, eventually } from './compose.ts';
import { type Machine, outerNetwork, startMachine } from './machine.ts';

type Attributes = Readonly<Record<string, string | number>>;

const operator = supertest.agent(deployment.baseUrl).set('authorization', `Bearer ${deployment.adminToken}`);
const MAC = '00-11-22-33-44-55';
const RECOVERY_MS = 30_000;
/** Waits for one packet at the port of Disconnect-Requests and prints its code, then the names in it as text. */
const HEAR_DISCONNECT = `
const socket = require('node:dgram').createSocket('udp4').bind(3799, () => console.error('hears'));
socket.on('message', (packet) => { console.log(packet[0], packet.toString('latin1')); socket.close(); });`;
let world: World;
let accessPoint: Machine;
let secret: string;

beforeAll(async () => {
  await allHealthy(60_000);
  world = await makeWorld(operator);
  accessPoint = await startMachine();
  secret = await addAccessPoint(accessPoint.address);
}, 120_000);
afterAll(() => accessPoint?.close());

async function addAccessPoint(address: string): Promise<string> {
  const { body } = await operator.post(`/admin/v1/sites/${world.siteId}/nas`).send({ name: address, address }).expect(201);
  return body.secret;
}

/** A call of the documented voucher API. */
async function call(action: string, body: object = {}) {
  return (
    await supertest(deployment.baseUrl)
      .post('/api/')
      .send({ 'api-key': world.siteApiKey, action, ...body })
  ).body;
}

/** Sends a packet from the access point and gives radclient's words on the answer. */
function send(
  kind: 'auth' | 'acct',
  attributes: Attributes,
  to = `freeradius:${kind === 'auth' ? 1812 : 1813}`,
  key = secret,
): Promise<string> {
  const lines = Object.entries(attributes).map(([name, value]) => `${name} = ${typeof value === 'number' ? value : JSON.stringify(value)}`);
  const program = ['radclient', '-x', '-t', '2', '-r', '2', to, kind, key];
  return accessPoint.run(program, lines.join('\n')).catch((error: unknown) => String(error));
}

const login = (name: string, passcode: string) =>
  send('auth', { 'User-Name': name, 'User-Password': passcode, 'Calling-Station-Id': MAC, 'Message-Authenticator': 0 });

const activeGuests = async () => (await call('get_active_guests')).data;

describe('docker-compose with FreeRADIUS: a voucher made through the API gets a guest on line', () => {
  it('accepted, counted, seen in the lists, and gone at the end', async () => {
    const { user } = await call('create_voucher', { valid_for: '2 days', download_limit: 1024 });
    const accepted = await login(user.username, user.passcode);
    expect(accepted).toMatch(/Received Access-Accept/);
    expect(Number(/Session-Timeout = (\d+)/.exec(accepted)?.[1])).toBeGreaterThan(47 * 3600);
    expect(accepted).toMatch(/Mikrotik-Xmit-Limit = 1073741824/);
    const reference = /Class = (0x[0-9a-f]+)/.exec(accepted)?.[1] ?? '';
    const report = (type: string, counters: Attributes = {}) =>
      accessPoint.run(
        ['radclient', '-x', '-t', '2', '-r', '2', 'freeradius:1813', 'acct', secret],
        [
          `Acct-Status-Type = ${type}`,
          `User-Name = "${user.username}"`,
          'Acct-Session-Id = "A1"',
          'Framed-IP-Address = 10.9.8.7',
          `Calling-Station-Id = "${MAC}"`,
          `Class = ${reference}`,
          ...Object.entries(counters).map(([name, value]) => `${name} = ${value}`),
        ].join('\n'),
      );
    expect(await report('Start')).toMatch(/Received Accounting-Response/);
    expect(await report('Interim-Update', { 'Acct-Input-Octets': 1000, 'Acct-Output-Octets': 5000, 'Acct-Session-Time': 60 })).toMatch(
      /Received/,
    );
    const live = await activeGuests();
    expect(live).toEqual([
      expect.objectContaining({
        logins: user.username,
        address: '10.9.8.7',
        'bytes-in': '1000',
        'bytes-out': '5000',
        uptime: expect.any(String),
      }),
    ]);
    expect(await report('Stop', { 'Acct-Input-Octets': 1500, 'Acct-Output-Octets': 9000, 'Acct-Session-Time': 90 })).toMatch(/Received/);
    expect(await activeGuests()).toEqual([]);
    const { logins } = await call('get_logins');
    expect(logins).toEqual([expect.objectContaining({ login: user.username, 'bytes-in': '1500', 'bytes-out': '9000' })]);
  }, 60_000);

  it('a wrong passcode is refused with a message; a stranger is not answered', async () => {
    const { user } = await call('create_voucher');
    const refused = await login(user.username, 'wrong');
    expect(refused).toMatch(/Received Access-Reject[\s\S]*Reply-Message = /);
    const stranger = await startMachine();
    const answer = await stranger
      .run(
        ['radclient', '-x', '-t', '1', '-r', '2', 'freeradius:1812', 'auth', secret],
        `User-Name = "${user.username}"\nMessage-Authenticator = 0`,
      )
      .catch(String);
    await stranger.close();
    expect(answer).toMatch(/No reply/);
    expect(answer).not.toMatch(/Received/);
  }, 60_000);

  it('the published port answers too', async () => {
    const { gateway } = await outerNetwork();
    const key = await addAccessPoint(gateway);
    const { user } = await call('create_voucher');
    const host = await docker('run', '-d', '--init', '--network', 'host', 'gatehouse:local', 'sleep', '60');
    const attributes = `User-Name = "${user.username}"\nUser-Password = "${user.passcode}"\nMessage-Authenticator = 0\n`;
    const program = `printf '%s' '${attributes}' | radclient -x -t 2 -r 3 127.0.0.1:${process.env.RADIUS_AUTH_PORT} auth '${key}'`;
    const answer = await docker('exec', host, 'sh', '-c', program).catch(String);
    await docker('rm', '-f', host);
    expect(answer).toMatch(/Received Access-Accept/);
  }, 60_000);

  it('removing a voucher sends its guest off: a Disconnect-Request reaches the access point', async () => {
    const { user } = await call('create_voucher');
    expect(await login(user.username, user.passcode)).toMatch(/Received Access-Accept/);
    const heard = accessPoint.run(['timeout', '20', 'node', '-e', HEAR_DISCONNECT]);
    await eventually('the access point listens', 10_000, async () =>
      (await accessPoint.run(['cat', '/proc/net/udp', '/proc/net/udp6'])).includes(':0ED7 '),
    );
    expect(await call('remove_voucher', { username: user.username })).toEqual({ message: 'User removed successfully', error: false });
    const packet = await heard;
    expect(packet).toMatch(/^40 /);
    expect(packet).toContain(user.username);
  }, 60_000);

  it.each(['freeradius', 'hotspot'])(
    'after %s was stopped and started, guests come in again within 30 s',
    async (service) => {
      const { user } = await call('create_voucher');
      const ids = await containersOf(service);
      for (const id of ids) await docker('stop', id);
      for (const id of ids) await docker('start', id);
      await eventually('a guest is let in', RECOVERY_MS, async () => (await login(user.username, user.passcode)).includes('Access-Accept'));
      await allHealthy(RECOVERY_MS);
    },
    90_000,
  );
});
