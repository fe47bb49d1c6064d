import { startTestHotspot, type TestHotspot } from '../testing/start-test-hotspot.ts';
import { runRetention } from './start-retention.ts';

const DAY_MS = 24 * 60 * 60 * 1000;

describe('retention', () => {
  let hotspot: TestHotspot;

  beforeAll(async () => {
    hotspot = await startTestHotspot();
    // 03:10 in Berlin
    hotspot.clock.set('2025-06-01T01:10:00Z');
  });
  afterAll(() => hotspot.close());

  async function fill(siteId: number): Promise<void> {
    const { prisma } = hotspot.deps.db;
    const now = hotspot.clock();
    for (const days of [1, 40]) {
      const at = new Date(now.getTime() - days * DAY_MS);
      const guest = await prisma.guest.create({ data: { siteId, kind: 'free', identity: `${days}`, lastLoginAt: at, createdAt: at } });
      await prisma.guestLogin.create({
        data: { siteId, guestId: guest.id, login: `${days}`, passcode: new Uint8Array(1), expiresAt: at, createdAt: at },
      });
      const session = await prisma.guestSession.create({
        data: { siteId, classRef: `${siteId}-${days}`, login: 'x', method: 'free', startedAt: at, endedAt: at },
      });
      await prisma.loginLog.create({ data: { siteId, login: 'x', at, accepted: true, guestSessionId: session.id } });
      await prisma.guestHost.create({ data: { siteId, mac: `${days}`, seenAt: at } });
      const voucher = { siteId, passcode: new Uint8Array(1), fullname: 'x', validFor: '1 day', validFrom: at, createdAt: at };
      await prisma.voucher.createMany({
        data: [
          { ...voucher, username: `used ${days}`, firstLoginAt: at, expiresAt: at },
          { ...voucher, username: `unused ${days}` },
        ],
      });
    }
    await prisma.guestSession.create({
      data: { siteId, classRef: `${siteId}-live`, login: 'x', method: 'free', startedAt: new Date(now.getTime() - 50 * DAY_MS) },
    });
  }

  const counts = async (siteId: number) => {
    const { prisma } = hotspot.deps.db;
    const where = { siteId };
    return {
      guests: await prisma.guest.count({ where }),
      guest_logins: await prisma.guestLogin.count({ where }),
      sessions: await prisma.guestSession.count({ where }),
      login_log: await prisma.loginLog.count({ where }),
      hosts: await prisma.guestHost.count({ where }),
      vouchers: await prisma.voucher.count({ where }),
    };
  };
  const ALL = { guests: 2, guest_logins: 2, sessions: 3, login_log: 2, hosts: 2, vouchers: 4 };
  const KEPT = { guests: 1, guest_logins: 1, sessions: 2, login_log: 1, hosts: 1, vouchers: 3 };

  it('on demand deletes what is older than the site says, and nothing that is still good', async () => {
    const site = await hotspot.makeSite({ retention_days: 30 });
    const other = await hotspot.makeSite();
    await fill(site.id);
    await fill(other.id);
    const { body } = await hotspot.admin('post', `sites/${site.id}/retention`).expect(200);
    expect(body).toEqual({ deleted: { guests: 1, guest_logins: 1, sessions: 1, login_log: 1, hosts: 1, vouchers: 1 } });
    expect(await counts(site.id)).toEqual(KEPT);
    expect(await counts(other.id)).toEqual(ALL);
    await hotspot.admin('post', `sites/${other.id}/retention`).expect(200);
    expect(await counts(other.id)).toEqual(ALL);
  });

  it('runs at night on the clocks of each site', async () => {
    const berlin = await hotspot.makeSite({ retention_days: 30 });
    const tokyo = await hotspot.makeSite({ retention_days: 30, timezone: 'Asia/Tokyo' });
    await fill(berlin.id);
    await fill(tokyo.id);
    await runRetention(hotspot.deps, hotspot.clock());
    expect(await counts(berlin.id)).toEqual(KEPT);
    expect(await counts(tokyo.id)).toEqual(ALL);
  });
});
