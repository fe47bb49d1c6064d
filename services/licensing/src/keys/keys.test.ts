import { startTestService, type TestService } from '@gatehouse/testing';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { createLicensing } from '../create-licensing.ts';
import { createSeller, type TestSeller } from '../testing/create-seller.ts';

let app: TestService;
let seller: TestSeller;

beforeAll(async () => {
  app = await startTestService({ routes: createLicensing });
  seller = await createSeller(app.deps.db);
});
afterAll(() => app.close());

describe('POST /keys', () => {
  it('makes a key that reads back the same', async () => {
    const made = await app.gateway
      .post('/keys')
      .auth(seller.token, { type: 'bearer' })
      .send({ provider_id: seller.providerId, validity_minutes: 60, hwid: 'h1' });
    expect(made.body).toEqual({});
    const read = await app.gateway.get(`/keys/${made.body.key.key_value}`).set('authorization', seller.token);
    expect(read.body).toEqual(made.body);
    const list = await app.gateway.get('/keys').set('authorization', seller.token);
    expect(list.body).toEqual({});
  });
});
