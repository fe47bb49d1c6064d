import { ADMIN_TOKEN, startTestService, type TestService } from '@gatehouse/testing';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { accountsAdminRoutes } from './accounts-admin-routes.ts';

let app: TestService;
beforeAll(async () => {
  app = await startTestService({ routes: accountsAdminRoutes });
});
afterAll(() => app.close());

const verify = async (body: object = {}) => {
  const response = await app.gateway
    .post('/admin/v1/audit/verify')
    .set('Authorization', `Bearer ${ADMIN_TOKEN}`)
    .send(body)
    .buffer(true)
    .parse((stream, done) => {
      let text = '';
      stream.on('data', (piece: Buffer) => {
        text += piece.toString();
      });
      stream.on('end', () => done(null, text));
    });
  return response;
};
const verdictOf = async (body?: object) =>
  JSON.parse(
    String((await verify(body)).body)
      .trim()
      .split('\n')
      .at(-1) ?? '',
  ).verdict;

it('tells an operator that the log is as it was written, and names the first row that is not', async () => {
  for (let call = 0; call < 3; call += 1) await app.gateway.get('/admin/v1/users');
  expect(await verdictOf()).toMatchObject({ problems: [], key_unknown: false });
  await app.deps.db.execute`UPDATE audit_log SET outcome = 'OK' WHERE seq = 2`;
  expect(await verdictOf()).toMatchObject({ rows: expect.any(Number), problems: [{ kind: 'changed', seq: 2 }] });
});

it('is for operators, and takes checkpoints only in their own form', async () => {
  expect((await app.gateway.post('/admin/v1/audit/verify')).status).toBe(401);
  const response = await app.gateway
    .post('/admin/v1/audit/verify')
    .set('Authorization', `Bearer ${ADMIN_TOKEN}`)
    .send({ checkpoints: [{ writer: 'x' }] });
  expect([response.status, response.body.details]).toEqual([
    400,
    [{ path: 'checkpoints.0', message: 'is not a checkpoint of the audit log' }],
  ]);
});

it('takes no Idempotency-Key: there is nothing to be done once', async () => {
  const response = await app.gateway
    .post('/admin/v1/audit/verify')
    .set('Authorization', `Bearer ${ADMIN_TOKEN}`)
    .set('Idempotency-Key', 'k')
    .send({});
  expect([response.status, response.body.details]).toEqual([400, [{ path: 'Idempotency-Key', message: 'is not taken here' }]]);
});

it('nobody can put something into the log through the gateway', async () => {
  expect((await app.gateway.post('/internal/attempts').send({ attempts: [] })).status).toBe(404);
  const attempts = [{ at: 'never' }];
  const direct = (body: object) => app.service.post('/internal/attempts').send(body);
  expect((await direct({ attempts })).status).toBe(404);
  expect((await direct({ attempts }).unset('x-gatehouse-address')).status).toBe(400);
});
