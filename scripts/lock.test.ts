import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, it } from '@jest/globals';
import { withLock } from './lock.mjs';

const folder = mkdtempSync(join(tmpdir(), 'gatehouse-lock-'));
afterAll(() => rmSync(folder, { recursive: true }));

it('the lock is held during the work and free after it, also when the work fails', () => {
  const file = join(folder, 'work.lock');
  expect(withLock(file, () => existsSync(file))).toBe(true);
  expect(() =>
    withLock(file, () => {
      throw new Error('work');
    }),
  ).toThrow('work');
  expect(existsSync(file)).toBe(false);
});

it('the lock of a process that was killed is taken over', () => {
  const file = join(folder, 'dead.lock');
  const { pid } = spawnSync(process.execPath, ['-e', '0']);
  writeFileSync(file, String(pid));
  expect(withLock(file, () => 'done')).toBe('done');
});

it('processes that start at once work one after the other', () => {
  const file = join(folder, 'race.lock');
  const busy = join(folder, 'busy');
  const body = `
    import { closeSync, openSync, rmSync } from 'node:fs';
    import { withLock } from ${JSON.stringify(new URL('lock.mjs', import.meta.url).href)};
    for (let round = 0; round < 20; round += 1) {
      withLock(${JSON.stringify(file)}, () => {
        closeSync(openSync(${JSON.stringify(busy)}, 'wx'));
        rmSync(${JSON.stringify(busy)});
      });
    }`;
  const script = join(folder, 'contender.mjs');
  writeFileSync(script, body);
  const contenders = Array.from({ length: 3 }, () => `"${process.execPath}" "${script}" & pids="$pids $!"`).join('\n');
  const race = spawnSync('sh', ['-c', `${contenders}\nfor pid in $pids; do wait $pid || exit 1; done`], { encoding: 'utf8' });
  expect({ status: race.status, stderr: race.stderr }).toEqual({ status: 0, stderr: '' });
});
