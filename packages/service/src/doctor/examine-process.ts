import type { ServiceDeps } from '../deps.ts';
import { examineDatabase, type Finding } from './examine-database.ts';

/** Looks at a running service: its database, its Redis, and how requests reach it. */
export async function examineProcess(deps: ServiceDeps, isUndeclaredProxy: boolean): Promise<Finding[]> {
  return [
    ...(await examineDatabase(deps.db, deps.vault, () => new Date())),
    examineRedis(deps),
    examineProxy(isUndeclaredProxy || deps.sightings.undeclaredProxyAt !== null),
  ];
}

function examineRedis({ redis, db }: ServiceDeps): Finding {
  const check = 'Redis';
  if (redis?.status() === 'ready') return { check, state: 'ok', text: 'Redis answers.' };
  if (redis !== undefined)
    return {
      check,
      state: 'failed',
      text: 'Redis does not answer: limits hold for each process on its own, and revocations take seconds.',
    };
  if (db.kind === 'embedded') return { check, state: 'ok', text: 'Redis is not set up, and one process does not need it.' };
  return {
    check,
    state: 'warning',
    text: 'Redis is not set up: with more than one process, limits hold for each on its own. Set REDIS_URL.',
  };
}

function examineProxy(isUndeclared: boolean): Finding {
  const check = 'proxy';
  if (!isUndeclared) return { check, state: 'ok', text: 'No request came by a proxy that is not declared.' };
  return {
    check,
    state: 'failed',
    text: 'Requests come by a proxy that TRUST_PROXY does not name: all its callers count as one for limits and bans. Set TRUST_PROXY to its address.',
  };
}
