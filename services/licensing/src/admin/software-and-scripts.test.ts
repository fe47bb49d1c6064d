import { ADMIN_TOKEN, startTestService, type TestService } from '@gatehouse/testing';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { seedUser } from '../web-api/testing/seed-member.ts';
import { licensingAdminEndpoints, licensingAdminRoutes } from './index.ts';

let app: TestService;
let ownerId: number;
let otherId: number;

beforeAll(async () => {
  app = await startTestService({ routes: licensingAdminRoutes });
  ownerId = (await seedUser(app.deps)).id;
  otherId = (await seedUser(app.deps)).id;
});
afterAll(() => app.close());

const call = (method: 'get' | 'post' | 'patch' | 'put' | 'delete', path: string) =>
  app.gateway[method](`/admin/v1/${path}`).auth(ADMIN_TOKEN, { type: 'bearer' });

describe('every endpoint for operators', () => {
  it('is closed without their credential, with a wrong one, and with one in the query', async () => {
    for (const { method, path } of licensingAdminEndpoints(app.deps)) {
      const url = path.replace(/:\w+/, '1');
      const send = () => app.gateway[method.toLowerCase() as 'get'](url).send();
      const [none, wrong, misplaced] = [
        await send(),
        await send().auth('nonsense', { type: 'bearer' }),
        await send().query({ access_token: ADMIN_TOKEN }),
      ];
      expect([none, wrong, misplaced].map(({ status, body }) => [status, body.code])).toEqual([
        [401, 'NO_CREDENTIAL'],
        [401, 'BAD_CREDENTIAL'],
        [401, 'NO_CREDENTIAL'],
      ]);
    }
  });
});

describe('software', () => {
  it('is made, changed, listed and deleted', async () => {
    const made = await call('post', 'software').send({ owner_id: ownerId, name: 'Engine', version: '1.0' });
    expect(made.status).toBe(201);
    expect(made.body).toEqual({
      id: expect.any(Number),
      owner_id: ownerId,
      name: 'Engine',
      version: '1.0',
      checksum_windows: null,
      checksum_linux: null,
      created_at: app.clock().toISOString(),
      updated_at: app.clock().toISOString(),
    });
    app.clock.advance(1000);
    const changed = await call('patch', `software/${made.body.id}`).send({ version: '1.1', checksum_linux: 'ff' });
    expect(changed.body).toEqual({ ...made.body, version: '1.1', checksum_linux: 'ff', updated_at: app.clock().toISOString() });
    expect((await call('get', `software/${made.body.id}`)).body).toEqual(changed.body);
    expect((await call('get', `software?owner_id=${ownerId}`)).body).toEqual({ items: [changed.body], next_cursor: null });
    expect((await call('get', `software?owner_id=${otherId}`)).body).toEqual({ items: [], next_cursor: null });
    expect((await call('delete', `software/${made.body.id}`)).status).toBe(204);
    for (const method of ['get', 'delete'] as const) expect((await call(method, `software/${made.body.id}`)).status).toBe(404);
    expect((await call('patch', `software/${made.body.id}`).send({ version: '2' })).status).toBe(404);
  });

  it('has a name once a seller', async () => {
    const body = { owner_id: ownerId, name: 'Twice', version: '1' };
    await call('post', 'software').send(body);
    expect((await call('post', 'software').send(body)).status).toBe(409);
    expect((await call('post', 'software').send({ ...body, owner_id: otherId })).status).toBe(201);
  });

  it('is made once for one Idempotency-Key', async () => {
    const send = () => call('post', 'software').set('idempotency-key', 'k1').send({ owner_id: ownerId, name: 'Once', version: '1' });
    const replies = await Promise.all([send(), send(), send()]);
    expect(new Set(replies.map(({ text }) => text)).size).toBe(1);
    expect(replies.map(({ status }) => status)).toEqual([201, 201, 201]);
  });
});

describe('scripts', () => {
  it('are made, changed, listed and deleted, categories by name', async () => {
    const software = await call('post', 'software').send({ owner_id: ownerId, name: 'Host', version: '1' });
    const made = await call('post', 'scripts').send({
      owner_id: ownerId,
      software_id: software.body.id,
      name: 'A',
      categories: ['x', 'y'],
      team: [otherId],
    });
    expect(made.status).toBe(201);
    expect(made.body).toMatchObject({ owner_id: ownerId, author_id: null, content: '', core: false, team: [otherId] });
    expect(made.body.categories.map(({ name }: { name: string }) => name)).toEqual(['x', 'y']);
    const changed = await call('patch', `scripts/${made.body.id}`).send({
      content: 'return 1',
      categories: ['y', 'z'],
      team: [],
      software_id: null,
    });
    expect(changed.body).toMatchObject({ name: 'A', content: 'return 1', team: [], software_id: null });
    expect(changed.body.categories[0]).toEqual(made.body.categories[1]);
    expect((await call('get', `scripts/${made.body.id}`)).body).toEqual(changed.body);
    const { content: _content, ...listed } = changed.body;
    expect((await call('get', `scripts?owner_id=${ownerId}`)).body).toEqual({ items: [listed], next_cursor: null });
    expect((await call('delete', `scripts/${made.body.id}`)).status).toBe(204);
    expect((await call('get', `scripts/${made.body.id}`)).status).toBe(404);
  });

  it('do not point at what is not there or is not of the same seller', async () => {
    const theirs = await call('post', 'software').send({ owner_id: otherId, name: 'Theirs', version: '1' });
    const wrong: [object, string][] = [
      [{ owner_id: 2_000_000_000 }, 'owner_id'],
      [{ author_id: 2_000_000_000 }, 'author_id'],
      [{ team: [2_000_000_000] }, 'team'],
      [{ software_id: theirs.body.id }, 'software_id'],
      [{ name: '' }, 'name'],
      [{ core: 'yes' }, 'core'],
      [{ categories: ['x', 'x'] }, 'categories.1'],
      [{ id: 5 }, 'id'],
    ];
    for (const [change, path] of wrong) {
      const reply = await call('post', 'scripts').send({ owner_id: ownerId, name: 'Wrong', ...change });
      expect([reply.status, reply.body.details[0].path]).toEqual([400, path]);
    }
    expect(await app.deps.db.prisma.script.count({ where: { name: 'Wrong' } })).toBe(0);
    expect((await call('patch', 'scripts/2000000000').send({ name: 'x' })).status).toBe(404);
    expect((await call('patch', 'scripts/1').send({})).status).toBe(400);
  });
});
