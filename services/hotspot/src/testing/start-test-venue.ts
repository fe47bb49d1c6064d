import { randomInt } from 'node:crypto';
import { startRadius } from '../radius/start-radius.ts';
import { type FreeRadius, type RadiusAnswer, sendRadius, startFreeRadius } from './free-radius.ts';
import { startTestHotspot, type TestHotspot, type TestSite } from './start-test-hotspot.ts';

/** An access point of a site, as a test plays it. */
export interface TestAccessPoint {
  readonly id: number;
  readonly address: string;
  readonly secret: string;
  /** Asks for a login with PAP and a Message-Authenticator, unless the attributes say otherwise. */
  login(name: string, passcode: string, attributes?: Attributes): Promise<RadiusAnswer>;
  ask(attributes: Attributes, waitSeconds?: number): Promise<RadiusAnswer>;
  account(attributes: Attributes): Promise<RadiusAnswer>;
}

type Attributes = Readonly<Record<string, string | number>>;

/** The hotspot service with the port for FreeRADIUS, a real FreeRADIUS, and access points on loopback addresses of their own. */
export interface TestVenue extends TestHotspot {
  readonly radius: FreeRadius;
  readonly restPort: number;
  /** `127.x.y.`: no two suites on one machine share their access points. */
  readonly prefix: string;
  makeAccessPoint(site: TestSite, body?: object): Promise<TestAccessPoint>;
  asAccessPoint(address: string, secret: string): Omit<TestAccessPoint, 'id'>;
}

/** Starts all of it. */
export async function startTestVenue(
  options: { readonly seconds?: number } & Parameters<typeof startTestHotspot>[0] = {},
): Promise<TestVenue> {
  const hotspot = await startTestHotspot(options);
  const rest = await startRadius(hotspot.deps, { port: 0, host: '127.0.0.1' });
  const prefix = `127.${randomInt(1, 255)}.${randomInt(0, 255)}.`;
  const radius = await startFreeRadius({ restPort: rest.port, networks: `${prefix}0/24`, ...options });
  const asAccessPoint: TestVenue['asAccessPoint'] = (address, secret) => {
    const from = { 'Packet-Src-IP-Address': address };
    const ask = (attributes: Attributes, waitSeconds?: number) =>
      sendRadius(radius, 'auth', { ...attributes, ...from }, { secret, ...(waitSeconds === undefined ? {} : { waitSeconds }) });
    return {
      address,
      secret,
      ask,
      login: (name, passcode, attributes = {}) =>
        ask({ 'User-Name': name, 'User-Password': passcode, 'Message-Authenticator': '0x00', ...attributes }),
      account: (attributes) => sendRadius(radius, 'acct', { ...attributes, ...from }, { secret }),
    };
  };
  let count = 0;
  return {
    ...hotspot,
    radius,
    restPort: rest.port,
    prefix,
    asAccessPoint,
    async makeAccessPoint(site, body = {}) {
      count += 1;
      const address = `${prefix}${count}`;
      const { body: nas } = await hotspot.admin('post', `sites/${site.id}/nas`, { name: `AP ${count}`, address, ...body }).expect(201);
      return { id: nas.id, ...asAccessPoint(address, nas.secret) };
    },
    async close() {
      await radius.close();
      await rest.close(0);
      await hotspot.close();
    },
  };
}
