import { randomBytes } from 'node:crypto';
import { createVault } from '@gatehouse/db';
import { createTestDeps, startTestService, type TestDeps } from '@gatehouse/testing';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { examineDatabase } from './examine-database.ts';
import { examineProcess } from './examine-process.ts';

let base: TestDeps;
beforeAll(async () => {
  base = await createTestDeps();
});
afterAll(() => base.close());

const examine = (vault = base.deps.vault, clock = () => new Date()) => examineDatabase(base.deps.db, vault, clock);
const stateOf = async (check: string, found = examine()) => {
  const finding = (await found).find((one) => one.check === check);
  return [finding?.state, finding?.text];
};

describe('examineDatabase', () => {
  it('finds nothing to mend in a new database', async () => {
    expect((await examine()).map(({ check, state }) => [check, state])).toEqual([
      ['database', 'ok'],
      ['migrations', 'ok'],
      ['clock', 'ok'],
      ['DATA_KEY', 'ok'],
      ['FreeRADIUS', 'ok'],
    ]);
  });

  it('tells what a lost DATA_KEY leaves closed, and that an old key is still needed', async () => {
    const { db } = base.deps;
    const [oldKey, newKey] = [randomBytes(32), randomBytes(32)];
    const site = await db.prisma.site.create({ data: { name: 'S', slug: '0000000001' } });
    for (const username of ['a', 'b']) {
      const passcode = new Uint8Array(createVault(oldKey).seal('x', 'y'));
      await db.prisma.voucher.create({
        data: { siteId: site.id, username, passcode, fullname: 'F', validFor: '1 day', validFrom: new Date() },
      });
    }
    expect(await stateOf('DATA_KEY', examine(createVault(newKey)))).toEqual(['failed', expect.stringContaining('2 voucher passcodes')]);
    expect(await stateOf('DATA_KEY', examine(createVault(newKey, [oldKey])))).toEqual([
      'ok',
      expect.stringContaining('2 values are still under'),
    ]);
    expect(await stateOf('DATA_KEY', examine(createVault(oldKey)))).toEqual(['ok', 'DATA_KEY opens everything that is sealed.']);
    await db.prisma.site.delete({ where: { id: site.id } });
  });

  it('tells of clocks that are apart, in either direction', async () => {
    for (const offMs of [-60_000, 60_000]) {
      expect(
        await stateOf(
          'clock',
          examine(base.deps.vault, () => new Date(Date.now() + offMs)),
        ),
      ).toEqual(['failed', expect.stringContaining('60 s apart')]);
    }
  });

  it('tells of access points that nobody was heard of through', async () => {
    const { db } = base.deps;
    const site = await db.prisma.site.create({ data: { name: 'S', slug: '0000000002' } });
    await db.execute`INSERT INTO nas (site_id, name, address, secret) VALUES (${site.id}, 'n', '192.0.2.1'::inet, ${base.deps.vault.seal('x', 'y')})`;
    expect(await stateOf('FreeRADIUS')).toEqual(['warning', expect.stringContaining('never')]);
    await db.prisma.site.delete({ where: { id: site.id } });
  });

  it.each([
    [
      'not applied',
      (name: string) => base.deps.db.execute`DELETE FROM _prisma_migrations WHERE migration_name = ${name}`,
      'Not migrated yet',
    ],
    [
      'changed',
      (name: string) => base.deps.db.execute`UPDATE _prisma_migrations SET checksum = 'x' WHERE migration_name = ${name}`,
      'another version',
    ],
    [
      'unfinished',
      (name: string) => base.deps.db.execute`UPDATE _prisma_migrations SET finished_at = NULL WHERE migration_name = ${name}`,
      'did not finish',
    ],
  ])('tells of a migration that is %s', async (_what, change, sentence) => {
    const { db } = base.deps;
    await db.execute`CREATE TABLE kept_migrations AS SELECT * FROM _prisma_migrations`;
    await change('20260101000000_init');
    expect(await stateOf('migrations')).toEqual(['failed', expect.stringContaining(sentence)]);
    await db.execute`DELETE FROM _prisma_migrations`;
    await db.execute`INSERT INTO _prisma_migrations SELECT * FROM kept_migrations`;
    await db.execute`DROP TABLE kept_migrations`;
  });
});

describe('examineProcess', () => {
  it('tells of a proxy that TRUST_PROXY does not name, also when it was another request that came by it', async () => {
    const { deps } = base;
    expect(await stateOf('proxy', examineProcess(deps, false))).toEqual(['ok', expect.any(String)]);
    expect(await stateOf('proxy', examineProcess(deps, true))).toEqual(['failed', expect.stringContaining('TRUST_PROXY')]);
    const app = await startTestService({ on: base, routes: () => [] });
    await app.service.get('/nowhere').set('x-gatehouse-undeclared-proxy', '1');
    expect(await stateOf('proxy', examineProcess(deps, false))).toEqual(['failed', expect.stringContaining('TRUST_PROXY')]);
    await app.close();
  });
});
