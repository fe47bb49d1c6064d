import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { hasFreeRadius } from '../testing/free-radius.ts';
import { startTestVenue, type TestAccessPoint, type TestVenue } from '../testing/start-test-venue.ts';
import type { TestSite } from '../testing/start-test-hotspot.ts';

const MAC = '98-01-a7-cb-bb-00';

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

  const make = async (params: object = {}): Promise<{ username: string; passcode: string }> =>
    (await venue.call(site, 'create_voucher', params).expect(200)).body.user;

  it('a voucher lets in by PAP', async () => {
    const { username, passcode } = await make();
    const answer = await point.login(username, passcode, { 'Calling-Station-Id': MAC });
    console.log(answer, venue.radius.log());
    expect(answer.code).toBe('Access-Accept');
    const active = await venue.call(site, 'get_active_guests');
    console.log(active.body.data);
  });
});
