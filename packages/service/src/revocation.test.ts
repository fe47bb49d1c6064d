import { randomUUID } from 'node:crypto';
import { type CredentialCache, createCredentialCache, hashToken, newToken, type Principal, versionOf } from '@gatehouse/auth';
import { connectRedis, createLimits, createVersions, type RedisLink, type Versions } from '@gatehouse/limits';
import { hasRedisServer, type RedisServer, startRedis } from '@gatehouse/limits/testing';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';

/** One process of several: a connection, versions and a cache of its own over the database that all share. */
interface Instance {
  readonly link: RedisLink;
  readonly versions: Versions;
  readonly cache: CredentialCache<Principal>;
}

/** What the processes share: user id by token hash. A query takes a few turns of the event loop, its answer is of its middle. */
const database = new Map<string, number>();
const turns = async (count: number): Promise<void> => {
  for (let turn = 0; turn < count; turn += 1) await new Promise((resolve) => setImmediate(resolve));
};
let lookups = 0;

async function startInstance(url: string, maxAgeMs: number): Promise<Instance> {
  const link = await connectRedis({ url });
  const versions = createVersions({ mode: 'redis', redis: link, maxAgeMs });
  const cache = createCredentialCache<Principal>({
    versions,
    namesOf: ({ id }) => [versionOf.user(id)],
    lookup: async (hash) => {
      lookups += 1;
      await turns(1);
      const id = database.get(hash.toString('hex'));
      await turns(1);
      return id === undefined ? null : { kind: 'user', id, scopes: [], credentialId: id, via: 'test', subject: null };
    },
  });
  return { link, versions, cache };
}

(hasRedisServer() ? describe : describe.skip)('a revoked credential on two processes with warm caches under load', () => {
  const USERS = 20;
  const MAX_AGE_MS = 300;
  let server: RedisServer;
  let instances: [Instance, Instance];
  const tokens = new Map<number, string>();

  beforeAll(async () => {
    server = await startRedis();
    instances = [await startInstance(server.url, MAX_AGE_MS), await startInstance(server.url, MAX_AGE_MS)];
    await Promise.all(instances.map(({ link }) => link.waitUntilReady(5_000)));
    for (let id = 1; id <= USERS; id += 1) tokens.set(id, give(id));
  });
  afterAll(async () => {
    await Promise.all(instances.map(({ link }) => link.close()));
    await server.stop();
  });

  /** Commits a new token for the user; the old one is gone from the database. */
  const give = (id: number): string => {
    const token = newToken('psk_');
    for (const [hash, owner] of database) if (owner === id) database.delete(hash);
    database.set(hashToken(token).toString('hex'), id);
    return token;
  };

  /** Calls with every live token on both instances until `stop`, and counts right tokens that were refused. */
  const load = async (isOver: () => boolean): Promise<void> => {
    while (!isOver()) {
      await Promise.all(instances.map(({ cache }) => Promise.all([...tokens.values()].map((token) => cache.get(hashToken(token))))));
      await turns(1);
    }
  };

  /** Rotates once and then asks every instance for the old token: how often it was still accepted, and the new one not. */
  const rotate = async (id: number, by: Instance): Promise<{ oldAccepted: number; newRefused: number }> => {
    const old = tokens.get(id) ?? '';
    const fresh = give(id);
    tokens.set(id, fresh);
    await by.versions.touch([versionOf.user(id)]);
    const ask = async (token: string): Promise<(Principal | null)[]> =>
      Promise.all(instances.flatMap(({ cache }) => [cache.get(hashToken(token)), cache.get(hashToken(token))]));
    const [oldAnswers, newAnswers] = await Promise.all([ask(old), ask(fresh)]);
    return { oldAccepted: oldAnswers.filter(Boolean).length, newRefused: newAnswers.filter((answer) => answer === null).length };
  };

  /** Rotates users side by side, each user's rotations one after the other. */
  const rotateAll = async (perUser: number, during?: (round: number) => Promise<void>): Promise<void> => {
    let isOver = false;
    const underLoad = load(() => isOver);
    for (let round = 0; round < perUser; round += 1) {
      await during?.(round);
      const results = await Promise.all(
        Array.from({ length: USERS }, (_, index) => rotate(index + 1, instances[(round + index) % 2] ?? instances[0])),
      );
      expect(results.reduce((sum, { oldAccepted }) => sum + oldAccepted, 0)).toBe(0);
      expect(results.reduce((sum, { newRefused }) => sum + newRefused, 0)).toBe(0);
    }
    isOver = true;
    await underLoad;
  };

  it('1,000 rotations, and after each no process accepts the old one even once', async () => {
    await rotateAll(50);
  });

  it('the caches really are used: a warm token asks the database of neither process', async () => {
    const hash = hashToken(tokens.get(1) ?? '');
    for (const { cache } of instances) for (let call = 0; call < 2; call += 1) await cache.get(hash);
    lookups = 0;
    for (const { cache } of instances) for (let call = 0; call < 20; call += 1) expect(await cache.get(hash)).not.toBeNull();
    expect(lookups).toBe(0);
  });

  it('the same with Redis killed and started in the middle', async () => {
    await rotateAll(8, async (round) => {
      if (round === 2) await server.kill();
      if (round === 5) await server.restart();
    });
    await Promise.all(instances.map(({ link }) => link.waitUntilReady(5_000)));
    await rotateAll(2);
  });

  it('the same when only the process that revokes has lost Redis: it waits until the others have forgotten', async () => {
    const [revoking, believing] = instances;
    await revoking.link.close();
    const old = tokens.get(1) ?? '';
    const hash = hashToken(old);
    for (let call = 0; call < 3; call += 1) expect(await believing.cache.get(hash)).not.toBeNull();
    tokens.set(1, give(1));
    const touched = revoking.versions.touch([versionOf.user(1)]);
    let isOver = false;
    const using = (async () => {
      while (!isOver) await believing.cache.get(hash);
    })();
    await touched;
    const afterReply = await believing.cache.get(hash);
    isOver = true;
    await using;
    expect(afterReply).toBeNull();
  });
});

(hasRedisServer() ? describe : describe.skip)('the hot path', () => {
  it('the limit and the versions of a request take one round trip', async () => {
    const server = await startRedis();
    const { link, cache } = await startInstance(server.url, 5_000);
    const watcher = await connectRedis({ url: server.url, keyPrefix: `watch:${randomUUID()}:` });
    await Promise.all([link.waitUntilReady(5_000), watcher.waitUntilReady(5_000)]);
    const limits = createLimits({ redis: link });
    const policy = { name: 'calls', limit: 1000, windowSeconds: 60 };
    const token = newToken('');
    database.set(hashToken(token).toString('hex'), 77);
    const call = () => Promise.all([limits.consume(policy, 'token-77'), cache.get(hashToken(token))]);
    for (let warmUp = 0; warmUp < 3; warmUp += 1) await call();

    const readsOf = async (): Promise<number> =>
      Number(/total_reads_processed:(\d+)/.exec(await watcher.run((redis) => redis.info('stats')))?.[1]);
    const before = await readsOf();
    for (let request = 0; request < 50; request += 1) expect((await call())[1]).toMatchObject({ id: 77 });
    // One read of the server for each request, and one for the watcher's own question.
    expect((await readsOf()) - before).toBe(51);

    await Promise.all([link.close(), watcher.close()]);
    await server.stop();
  });
});
