import { startTestService, type TestService } from '@gatehouse/testing';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { webApiRoutes } from '../index.ts';
import { HOME, type SeededMember, seedMember } from '../testing/seed-member.ts';

const MINUTE_MS = 60_000;
const INVALID = { code: 404, status: 404, message: 'handshake invalid' };

let app: TestService;
let ada: SeededMember;

beforeAll(async () => {
  app = await startTestService({ routes: webApiRoutes });
});
afterAll(() => app.close());
beforeEach(async () => {
  ada = await seedMember(app.deps);
});

const call = (query: string, address = HOME) => app.gateway.get(`/api.php?${query}`).set('x-forwarded-for', address);
const authorize = () => call(`key=${ada.keyValue}&cmd=authorizeHandshake`);
const take = (token: string) => call(`cmd=getHandshake&token=${token}`, '192.0.2.77');

async function newHandshake(): Promise<string> {
  const { body } = await authorize();
  expect(body).toEqual({ code: 200, status: 200, message: expect.stringMatching(/^ghh_[0-9a-f]{48}$/) });
  return body.message;
}

describe('a handshake', () => {
  it('hands the key to another device, once', async () => {
    const token = await newHandshake();
    expect((await take(token)).body).toEqual({ code: 200, status: 200, message: ada.keyValue });
    expect((await take(token)).body).toEqual(INVALID);
  });

  it('is good one second before ten minutes are over, and not when they are', async () => {
    const token = await newHandshake();
    app.clock.advance(10 * MINUTE_MS);
    expect((await take(token)).body).toEqual({ code: 410, status: 410, message: 'handshake expired' });
    const next = await newHandshake();
    app.clock.advance(10 * MINUTE_MS - 1000);
    expect((await take(next)).body.message).toBe(ada.keyValue);
    expect((await take(token)).body).toEqual({ code: 410, status: 410, message: 'handshake expired' });
  });

  it('is given to one of many devices that ask at the same instant', async () => {
    for (let round = 0; round < 5; round += 1) {
      const token = await newHandshake();
      const replies = await Promise.all(Array.from({ length: 6 }, () => take(token)));
      expect(replies.map(({ status }) => status).sort()).toEqual([200, 404, 404, 404, 404, 404]);
    }
  });

  it('is open once a key, also when two ask at the same instant', async () => {
    const replies = await Promise.all(Array.from({ length: 5 }, authorize));
    expect(replies.map(({ status }) => status).sort()).toEqual([200, 409, 409, 409, 409]);
    expect((await authorize()).body).toEqual({ code: 409, status: 409, message: 'handshake already exists' });
  });

  it('is worth nothing once it is terminated, and only its own key terminates it', async () => {
    const token = await newHandshake();
    const eve = await seedMember(app.deps, { sellerId: ada.sellerId });
    expect((await call(`key=${eve.keyValue}&cmd=terminateHandshake&token=${token}`)).body).toEqual(INVALID);
    const ended = await call(`key=${ada.keyValue}&cmd=terminateHandshake&token=${token}`);
    expect(ended.body).toEqual({ code: 200, status: 200, message: 'handshake terminated' });
    expect((await take(token)).body).toEqual(INVALID);
    await newHandshake();
  });

  it('needs a token', async () => {
    expect((await call('cmd=getHandshake')).body).toEqual({ code: 400, status: 400, message: 'parameter is invalid or missing' });
  });

  it('is noted in the audit log under its member, with four characters of the key', async () => {
    const token = await newHandshake();
    await take(token);
    await app.deps.audit.flush();
    const [row] = await app.deps.db.prisma.auditEntry.findMany({ where: { endpoint: 'getHandshake' }, orderBy: { id: 'desc' }, take: 1 });
    expect(row).toMatchObject({
      principal: `user:${ada.memberId}`,
      ownerId: ada.sellerId,
      keyLast4: ada.keyValue.slice(-4),
      outcome: 'OK',
    });
  });
});
