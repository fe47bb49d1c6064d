import { spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import { afterAll, describe, expect, it } from '@jest/globals';
import { openTestRedis } from './testing/index.ts';

const redis = await openTestRedis();
afterAll(() => redis?.stop());

const pathOf = (name: string): string => fileURLToPath(new URL(name, import.meta.url));

/** A process of its own that makes `calls` calls at once, when told to, and prints how many passed. */
function startCaller(url: string, keyPrefix: string, calls: number) {
  const options = ['--conditions=source', '--import', pathOf('./testing/typescript-hooks.mjs')];
  const child = spawn(process.execPath, [...options, pathOf('./testing/consume-process.ts'), url, keyPrefix, String(calls)], {
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  return { ready: once(child.stdout, 'data'), go: () => child.stdin.end('go'), printed: text(child.stdout) };
}

(redis ? describe : describe.skip)('limits of several processes on one Redis', () => {
  it('of 1,500 parallel calls of two processes on a limit of 1,000 exactly 1,000 pass', async () => {
    const prefix = `test:${randomUUID()}:`;
    const callers = [750, 750].map((calls) => startCaller(redis?.url ?? '', prefix, calls));
    await Promise.all(callers.map(({ ready }) => ready));
    for (const { go } of callers) go();
    const printed = await Promise.all(callers.map((caller) => caller.printed));
    const passed = printed.map((line) => Number(/passed (\d+)/.exec(line)?.[1]));
    expect(passed.reduce((sum, count) => sum + count, 0)).toBe(1000);
  });
});
