import { ADMIN_TOKEN, startTestService, type TestService } from '@gatehouse/testing';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { licensingAdminRoutes } from '../../admin/index.ts';
import { webApiRoutes } from '../index.ts';
import { HOME, type SeededMember, seedMember } from '../testing/seed-member.ts';

const INVALID = { code: 400, status: 400, message: 'parameter is invalid or missing' };
const NOT_FOUND = { code: 404, status: 404, message: 'script not found' };

let app: TestService;
let ada: SeededMember;
let bob: SeededMember;
let stranger: SeededMember;
let engineId: number;
let script: { id: number; categories: { id: number; name: string }[] };
let foreign: { id: number };

const call = (who: SeededMember, query: string) => app.gateway.get(`/api.php?key=${who.keyValue}&${query}`).set('x-forwarded-for', HOME);
const update = (who: SeededMember, body: object) =>
  app.gateway.post(`/api.php?key=${who.keyValue}&cmd=updateScript`).set('x-forwarded-for', HOME).send(body);
const admin = async (path: string, body: object) =>
  (await app.gateway.post(`/admin/v1/${path}`).auth(ADMIN_TOKEN, { type: 'bearer' }).send(body)).body;

beforeAll(async () => {
  app = await startTestService({ routes: (deps) => [...webApiRoutes(deps), ...licensingAdminRoutes(deps)] });
  ada = await seedMember(app.deps);
  bob = await seedMember(app.deps, { sellerId: ada.sellerId });
  stranger = await seedMember(app.deps);
  engineId = (await admin('software', { owner_id: ada.sellerId, name: 'Engine', version: '1.0', checksum_linux: 'abc' })).id;
  script = await admin('scripts', {
    owner_id: ada.sellerId,
    author_id: ada.memberId,
    software_id: engineId,
    name: 'Difference',
    content: 'print(1)',
    notes: 'first',
    categories: ['Tools', 'Arithmetic'],
    team: [bob.memberId],
  });
  foreign = await admin('scripts', { owner_id: stranger.sellerId, name: 'Foreign', content: 'secret source' });
});
afterAll(() => app.close());

describe('software', () => {
  it('of the seller is told to members, in the documented shape', async () => {
    const time = Math.floor(app.clock().getTime() / 1000);
    app.clock.advance(3 * 86_400_000 - 1000);
    const plain = { version: '1.0', last_update: time, elapsed: '2 days ago', name: 'Engine' };
    await app.deps.db.prisma.user.updateMany({ data: { lastActiveAt: app.clock() } });
    await app.deps.db.prisma.keySession.updateMany({ data: { expiresAt: new Date(app.clock().getTime() + 86_400_000) } });
    expect((await call(ada, 'cmd=getAllSoftware')).body).toEqual([plain]);
    expect((await call(ada, 'cmd=getSoftware&name=Engine&checksum')).body).toEqual({ ...plain, checksum: { windows: null, linux: 'abc' } });
    const withScripts = await call(ada, 'cmd=getSoftware&name=Engine&scripts');
    expect(withScripts.body.scripts).toHaveLength(1);
  });

  it('of another seller is not', async () => {
    expect((await call(stranger, 'cmd=getAllSoftware')).body).toEqual([]);
    expect((await call(stranger, 'cmd=getSoftware&name=Engine')).body).toEqual({ code: 404, status: 404, message: 'software not found' });
  });
});

describe('scripts', () => {
  it('of the seller are told to members, in the documented shape', async () => {
    const { body } = await call(bob, 'cmd=getAllScripts');
    const [tools, arithmetic] = script.categories;
    expect(body).toEqual([
      {
        id: String(script.id),
        name: 'Difference',
        author: ada.username,
        software: 'Engine',
        last_update: expect.any(Number),
        update_notes: 'first',
        elapsed: '2 days ago',
        core: false,
        forums: '',
        library: false,
        team: [bob.username],
        categories: [String(tools?.id), String(arithmetic?.id)],
        category_names: ['Tools', 'Arithmetic'],
      },
    ]);
    expect((await call(bob, `cmd=getScript&id=${script.id}`)).body).toEqual(body[0]);
    expect((await call(bob, `cmd=getScript&id=${script.id}&source`)).body).toEqual({ ...body[0], script: 'print(1)' });
  });

  it('of another seller are as if they were not there', async () => {
    for (const id of [foreign.id, 2_000_000_000]) {
      expect((await call(ada, `cmd=getScript&id=${id}&source`)).body).toEqual(NOT_FOUND);
      expect((await call(ada, `cmd=toggleScriptStatus&id=${id}`)).body).toEqual(NOT_FOUND);
      expect((await call(ada, `cmd=setMemberScripts&scripts=[${id}]`)).body).toEqual(INVALID);
      expect((await update(ada, { script: id, content: 'x', notes: '' })).body).toEqual(NOT_FOUND);
    }
  });

  it('are switched on and off by the member', async () => {
    const toggle = () => call(ada, `cmd=toggleScriptStatus&id=${script.id}`);
    expect((await toggle()).body.message).toBe('script enabled');
    expect((await call(ada, 'scripts&simple')).body.scripts).toEqual([String(script.id)]);
    expect((await call(ada, 'scripts')).body.scripts[0].name).toBe('Difference');
    expect((await call(bob, 'scripts&simple')).body.scripts).toEqual([]);
    expect((await toggle()).body.message).toBe('script disabled');
    expect((await call(ada, 'scripts&simple')).body.scripts).toEqual([]);
  });

  it('end where they began when an even number of calls switches at the same instant', async () => {
    for (let round = 0; round < 5; round += 1) {
      const replies = await Promise.all(Array.from({ length: 4 }, () => call(ada, `cmd=toggleScriptStatus&id=${script.id}`)));
      expect(replies.filter(({ body }) => body.message === 'script enabled')).toHaveLength(2);
      expect((await call(ada, 'scripts&simple')).body.scripts).toEqual([]);
    }
  });

  it('are set all at once, or not at all', async () => {
    const second = await admin('scripts', { owner_id: ada.sellerId, name: 'Second' });
    const set = (list: string) => call(ada, `cmd=setMemberScripts&scripts=${encodeURIComponent(list)}`);
    const on = async () => (await call(ada, 'scripts&simple')).body.scripts;
    expect((await set(JSON.stringify([script.id, String(second.id)]))).status).toBe(200);
    expect(await on()).toEqual([String(script.id), String(second.id)]);
    expect((await set(`[${script.id},${foreign.id}]`)).body).toEqual(INVALID);
    for (const wrong of ['', '1', '{}', '[0]', '["a"]', '[null]', '[1.5]', '[']) expect((await set(wrong)).body).toEqual(INVALID);
    expect(await on()).toEqual([String(script.id), String(second.id)]);
    expect((await set('[]')).status).toBe(200);
    expect(await on()).toEqual([]);
  });

  it('are updated by their author and team, and by nobody else', async () => {
    const [tools] = script.categories;
    for (const who of [ada, bob]) {
      const changed = await update(who, { script: script.id, content: `by ${who.username}`, notes: 'newer', categories: [tools?.id] });
      expect(changed.body).toEqual({ code: 200, status: 200, message: 'script updated' });
      const { body } = await call(ada, `cmd=getScript&id=${script.id}&source`);
      expect(body).toMatchObject({ script: `by ${who.username}`, update_notes: 'newer', elapsed: 'just now', category_names: ['Tools'] });
    }
    const eve = await seedMember(app.deps, { sellerId: ada.sellerId });
    expect((await update(eve, { script: script.id, content: 'x', notes: 'x' })).body).toEqual({
      code: 403,
      status: 403,
      message: 'this key does not have access to this method',
    });
    expect((await call(ada, `cmd=getScript&id=${script.id}&source`)).body.script).toBe(`by ${bob.username}`);
  });

  it('are not updated with what is wrong', async () => {
    const good = { script: script.id, content: 'x', notes: 'x' };
    for (const wrong of [
      { script: 'x' },
      { content: 5 },
      { notes: null },
      { categories: [2_000_000_000] },
      { categories: 'x' },
      { content: 'a\0b' },
    ]) {
      expect((await update(ada, { ...good, ...wrong })).body).toEqual(INVALID);
    }
    expect((await call(ada, `cmd=updateScript&script=${script.id}&content=x&notes=x`)).status).toBe(405);
  });
});
