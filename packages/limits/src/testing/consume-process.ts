import { once } from 'node:events';
import { connectRedis, createLimits } from '../index.ts';

// Run by a test as a process of its own: arguments are the URL of Redis, the key prefix, and the number of calls.
const [url = '', keyPrefix = '', calls = '0'] = process.argv.slice(2);
const redis = await connectRedis({ url, keyPrefix });
const limits = createLimits({ redis });
await redis.waitUntilReady(10_000);
process.stdout.write('ready\n');
await once(process.stdin, 'data');
const policy = { name: 'calls', limit: 1000, windowSeconds: 3600 };
const states = await Promise.all(Array.from({ length: Number(calls) }, () => limits.consume(policy, 'caller')));
process.stdout.write(`passed ${states.filter(({ allowed }) => allowed).length}\n`);
await redis.close();
process.stdin.destroy();
