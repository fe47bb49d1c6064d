import { type BulkClient, createBulkClient, startTestService, type TestService } from '@gatehouse/testing';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { createHotspot } from '../create-hotspot.ts';

let app: TestService;
let bulk: BulkClient;
let site: number;
let elsewhere: number;

beforeAll(async () => {
  app = await startTestService({ routes: (deps) => createHotspot({ ...deps, cloudDomain: undefined }) });
  bulk = createBulkClient(app.gatewayUrl, 'vouchers');
  const { prisma } = app.deps.db;
  ({ id: site } = await prisma.site.create({ data: { name: 'S', slug: '0000000001', defaultValidFor: '2 days' } }));
  ({ id: elsewhere } = await prisma.site.create({ data: { name: 'T', slug: '0000000002' } }));
});
afterAll(() => app.close());

const countVouchers = () => app.deps.db.prisma.voucher.count();

describe('vouchers in bulk', () => {
  it('come in as they went out, with their passcodes sealed', async () => {
    const full = {
      username: 'guest ☃',
      passcode: 'correct horse',
      fullname: "'@SUM(1)",
      valid_for: '365 days',
      valid_from: '2029-01-01T00:00:00.000Z',
      download_limit_mb: '1024',
      upload_limit_mb: '9437184',
      first_login_at: '2029-01-02T00:00:00.000Z',
      last_login_at: '2029-01-03T00:00:00.000Z',
      expires_at: '2030-01-02T00:00:00.000Z',
      mac: '98-01-a7-cb-bb-00',
    };
    const many = Array.from({ length: 600 }, (_, number) => ({ username: `many${number}` }));
    expect(await bulk.importRows([full, {}, ...many], { site })).toEqual({ imported: 602 });
    const rows = await bulk.exportRows(`?site=${site}`);
    expect(rows).toHaveLength(602);
    expect(rows[0]).toMatchObject({ ...full, download_limit_mb: 1024, upload_limit_mb: 9437184, mac: '98:01:A7:CB:BB:00' });
    expect(rows[1]).toMatchObject({ valid_for: '2 days', passcode: expect.stringMatching(/^\S{8}$/), first_login_at: null });
    const [dump] = await app.deps.db.query<{ text: string }>`SELECT string_agg(encode(passcode, 'escape'), ' ') AS text FROM vouchers`;
    expect(dump?.text).not.toContain('horse');
    expect(await bulk.importRows([full], { site: elsewhere })).toEqual({ imported: 1 });
  });

  it.each([
    ['a username that the site has', [{ username: 'fresh' }, { username: 'many5' }], 3],
    ['a username twice in the file', [{ username: 'fresh' }, { username: 'other' }, { username: 'fresh' }], 4],
  ])('%s: the row is named with its line, and nothing is written', async (_what, rows, line) => {
    const before = await countVouchers();
    expect(await bulk.importRows(rows, { site })).toEqual({ problem: { line, reason: 'username exists already at this site' } });
    expect(await countVouchers()).toBe(before);
  });

  it.each([
    ['a time that is not sold', { valid_for: '1 week' }, 'rows.0.valid_for'],
    ['a username that RADIUS cannot carry', { username: ' x' }, 'rows.0.username'],
    ['a MAC that is none', { mac: 'nowhere' }, 'rows.0.mac'],
    ['a limit out of bounds', { download_limit_mb: '0' }, 'rows.0.download_limit_mb'],
  ])('%s is refused as soon as it is handed in', async (_what, cells, path) => {
    const answer = await bulk.importRows([cells as Record<string, string>], { site });
    expect(answer).toMatchObject({ code: 'BAD_PARAMETER', details: [{ path }] });
  });

  it('of a site that is not there are not found', async () => {
    expect(await bulk.importRows([{ username: 'x' }], { site: 999_999 })).toMatchObject({ code: 'NOT_FOUND' });
  });
});
