import { mkdirSync, mkdtempSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, it } from '@jest/globals';
import { describeFiles, fingerprint, listFiles, openStamp } from './stamp.mjs';

const root = mkdtempSync(join(tmpdir(), 'gatehouse-stamp-'));
afterAll(() => rmSync(root, { recursive: true }));

it('a file that changes, appears or goes changes the fingerprint', () => {
  const read = () => fingerprint(root, { files: ['a.json'] });
  const missing = read();
  writeFileSync(join(root, 'a.json'), '1');
  const first = read();
  writeFileSync(join(root, 'a.json'), '2');
  expect(new Set([missing, first, read()]).size).toBe(3);
  writeFileSync(join(root, 'a.json'), '1');
  expect(read()).toBe(first);
});

it('sources are told apart by time and size, and what tools write is not among them', () => {
  mkdirSync(join(root, 'src/deep/node_modules'), { recursive: true });
  writeFileSync(join(root, 'src/deep/b.ts'), 'b');
  writeFileSync(join(root, 'src/a.ts'), 'a');
  writeFileSync(join(root, 'src/deep/node_modules/c.ts'), 'c');
  const files = listFiles(root, 'src');
  expect(files).toEqual(['src/a.ts', 'src/deep/b.ts']);
  const before = describeFiles(root, files);
  utimesSync(join(root, 'src/a.ts'), 1, 1);
  expect(describeFiles(root, files)).not.toEqual(before);
  expect(listFiles(root, 'missing')).toEqual([]);
});

it('a step counts as done only for the inputs it was done with', () => {
  const file = join(root, 'stamps/build');
  const stamp = openStamp(file, 'one');
  expect(stamp.matches()).toBe(false);
  stamp.write();
  expect(stamp.matches()).toBe(true);
  expect(openStamp(file, 'two').matches()).toBe(false);
  stamp.drop();
  expect(stamp.matches()).toBe(false);
});
