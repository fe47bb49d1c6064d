import { versionOf } from '@gatehouse/auth';
import { startTestService, type TestService } from '@gatehouse/testing';
import { createAccounts } from '../create-accounts.ts';
import { issueCredential } from '../credentials/index.ts';

let test: TestService;
let token: string;

beforeAll(async () => {
  test = await startTestService({ routes: (deps) => createAccounts({ ...deps, telegramBotToken: '1:x' }) });
  const user = await test.deps.db.prisma.user.create({ data: { name: 'Ann', email: 'Ann@Example.com' } });
  token = (await issueCredential(test.deps.db, { userId: user.id, kind: 'phpstrap', now: test.clock() })).secret;
  const key = await issueCredential(test.deps.db, { userId: user.id, kind: 'altercpa', now: test.clock() });
  console.log(versionOf.user(1), key.secret);
});
afterAll(() => test.close());

it('smoke', async () => {
  const get = async (path: string) => {
    const { status, headers, body } = await test.gateway.get(path);
    console.log(path, status, headers, JSON.stringify(body));
  };
  await get('/api/v1/status.php');
  await get(`/api/v1/status.php?api_key=${token}`);
  await get(`/api/v1/me.php?api_key=${token}`);
  await get(`/api/v1/me.php?api_key=${token}`);
  await get(`/api/v1/me.php?api_key=${token}`);
  await get(`/api/v1/users.php?api_key=${token}`);
  await get('/api/v1/me.php');
  await get('/api/v1/me.php?api_key=psk_x');
  await get('/api/v1/%zz.php?api_key=psk_x');
  await get('/api/nix.json');
});
