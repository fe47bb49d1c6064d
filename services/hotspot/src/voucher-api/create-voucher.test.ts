import { startTestHotspot, type TestHotspot, type TestSite } from '../testing/start-test-hotspot.ts';
import { VALID_FOR_VALUES } from '../vouchers/valid-for.ts';

describe('create_voucher', () => {
  let hotspot: TestHotspot;
  let site: TestSite;

  beforeAll(async () => {
    hotspot = await startTestHotspot();
    site = await hotspot.makeSite();
  });
  afterAll(() => hotspot.close());

  it("the document's example is answered to the letter", async () => {
    const sent = {
      username: 'user123',
      passcode: 'pass123',
      fullname: 'John Doe',
      valid_for: '1 day',
      valid_from: '2025-01-17 10:00:00',
      download_limit: 1024,
      upload_limit: 512,
    };
    const { body, headers } = await hotspot.call(site, 'create_voucher', sent).expect(200);
    expect(body).toEqual({
      message: 'User added successfully',
      user: { id: expect.any(Number), ...sent, download_limit: '1024', upload_limit: '512' },
      error: false,
    });
    expect(Object.keys(body.user).join()).toBe('id,username,passcode,fullname,valid_for,valid_from,download_limit,upload_limit');
    expect(headers).toMatchObject({ 'content-type': 'application/json', 'x-request-id': expect.any(String) });
  });

  it('what is empty is drawn or preset, and nothing drawn can be misread', async () => {
    hotspot.clock.set('2025-07-01T10:00:00.700Z');
    const empty = { username: '', passcode: '', fullname: '', valid_for: '', valid_from: '', download_limit: '', upload_limit: null };
    const { body } = await hotspot.call(site, 'create_voucher', empty).expect(200);
    const legible = /^[A-HJ-NP-Za-hj-km-np-z2-9]{8}$/;
    expect(body.user).toEqual({
      id: expect.any(Number),
      username: expect.stringMatching(legible),
      passcode: expect.stringMatching(legible),
      fullname: expect.stringMatching(/^\w+ \w+$/),
      valid_for: '1 day',
      valid_from: '2025-07-01 12:00:00',
      download_limit: '0',
      upload_limit: '0',
    });
  });

  it('a taken username is refused, on this site only', async () => {
    const other = await hotspot.makeSite();
    await hotspot.call(site, 'create_voucher', { username: 'taken' }).expect(200);
    const { body } = await hotspot.call(site, 'create_voucher', { username: 'taken' }).expect(409);
    expect(body).toEqual({ message: 'Username already exists', error: true });
    await hotspot.call(other, 'create_voucher', { username: 'taken' }).expect(200);
  });

  it('of 50 calls at once for one username one wins', async () => {
    const replies = await Promise.all(Array.from({ length: 50 }, () => hotspot.call(site, 'create_voucher', { username: 'one' })));
    const statuses = replies.map(({ status }) => status).sort();
    expect(statuses).toEqual([200, ...Array.from({ length: 49 }, () => 409)]);
  });

  it('50 calls at once without a username get 50 different ones', async () => {
    const replies = await Promise.all(Array.from({ length: 50 }, () => hotspot.call(site, 'create_voucher').expect(200)));
    expect(new Set(replies.map(({ body }) => body.user.username)).size).toBe(50);
  });

  it('all 65 values of valid_for pass and no other', async () => {
    expect(VALID_FOR_VALUES).toHaveLength(65);
    for (const valid_for of VALID_FOR_VALUES) {
      const { body } = await hotspot.call(site, 'create_voucher', { valid_for }).expect(200);
      expect(body.user.valid_for).toBe(valid_for);
    }
    for (const valid_for of ['24 hours', '31 days', '1 days', 'Always', ' 1 day', '0 hours', 1, ['1 day'], true]) {
      const { body } = await hotspot.call(site, 'create_voucher', { valid_for }).expect(400);
      expect(body).toEqual({ message: expect.stringMatching(/^valid_for /), error: true });
    }
  });

  it.each([
    ['1', '1'],
    [9_437_184, '9437184'],
    ['9437184', '9437184'],
    [0, '0'],
    [-5, '0'],
    [9_437_185, '0'],
    ['99999999999999999999', '0'],
    ['0.5', '0'],
  ])('a limit of %j echoes as %j: out of bounds is unlimited', async (download_limit, echo) => {
    const { body } = await hotspot.call(site, 'create_voucher', { download_limit }).expect(200);
    expect(body.user.download_limit).toBe(echo);
  });

  it.each(['much', '1,5', 1.5, '1e3', true, [1], { a: 1 }])('a limit of %j is refused by its name', async (upload_limit) => {
    const { body } = await hotspot.call(site, 'create_voucher', { upload_limit }).expect(400);
    expect(body.message).toMatch(/^upload_limit /);
  });

  it.each([
    '2025-02-29 00:00:00',
    '2025-13-01 00:00:00',
    '2025-01-01 24:00:00',
    '2025-01-01',
    '2025-01-01T00:00:00',
    '2025-03-30 02:30:00',
  ])('a valid_from of %j does not exist and is refused by its name', async (valid_from) => {
    const { body } = await hotspot.call(site, 'create_voucher', { valid_from }).expect(400);
    expect(body.message).toMatch(/^valid_from /);
  });

  it("valid_from is on the site's clocks", async () => {
    const { body } = await hotspot.call(site, 'create_voucher', { valid_from: '2025-07-01 00:00:00' }).expect(200);
    const stored = await hotspot.deps.db.prisma.voucher.findUniqueOrThrow({ where: { id: body.user.id } });
    expect(stored.validFrom).toEqual(new Date('2025-06-30T22:00:00Z'));
    expect(body.user.valid_from).toBe('2025-07-01 00:00:00');
  });

  it.each(['Zoë 🦊', 'Дмитрий', 'محمد', '王小明', '👩‍👩‍👧', "O'Brien; DROP TABLE vouchers", '<img src=x onerror=alert(1)>', '=cmd|calc'])(
    'a name in any script comes back as it was: %s',
    async (name) => {
      await hotspot.call(site, 'create_voucher', { username: name, passcode: name, fullname: name }).expect(200);
      const { body } = await hotspot.call(site, 'get_voucher_users').expect(200);
      expect(body.users).toContainEqual(expect.objectContaining({ username: name, password: name, fullname: name }));
    },
  );

  it.each([
    { username: 'a'.repeat(65) },
    { username: ' padded' },
    { username: 'two\nlines' },
    { username: 'nul\0' },
    { username: '\ud800' },
    { username: 5 },
    { passcode: 'x'.repeat(65) },
    { fullname: 'x'.repeat(101) },
  ])('%j is refused by its name and writes nothing', async (params) => {
    const count = () => hotspot.deps.db.prisma.voucher.count();
    const before = await count();
    const { body } = await hotspot.call(site, 'create_voucher', params).expect(400);
    expect(body).toEqual({ message: expect.stringContaining(Object.keys(params)[0] ?? ''), error: true });
    expect(await count()).toBe(before);
  });

  it('a form, multipart fields and a query say the same as JSON', async () => {
    const fields = { 'api-key': site.key, action: 'create_voucher', valid_for: '2 hours', download_limit: '7' };
    const form = await hotspot.gateway.post('/api').type('form').send(fields).expect(200);
    const multipart = await hotspot.gateway.post('/api/').field(fields).expect(200);
    const query = await hotspot.gateway.get('/api/').query(fields).expect(200);
    for (const { body } of [form, multipart, query]) expect(body.user).toMatchObject({ valid_for: '2 hours', download_limit: '7' });
  });

  it('a passcode stands nowhere in the database as it is', async () => {
    await hotspot.call(site, 'create_voucher', { username: 'sealed', passcode: 'planted-passcode' }).expect(200);
    const [row] = await hotspot.deps.db.query<{ dump: string }>`SELECT string_agg(vouchers::text, '') AS dump FROM vouchers`;
    expect(row?.dump).not.toContain('planted-passcode');
    expect(row?.dump).not.toContain(Buffer.from('planted-passcode').toString('hex'));
  });
});
