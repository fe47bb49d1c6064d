import type { Database } from '@gatehouse/db';
import { type Metrics, watchRedis } from '@gatehouse/http';
import type { RedisLink } from '@gatehouse/limits';

/** Adds to a process's metrics what it depends on: the pool of database connections, Redis, the limiter. */
export function watchDeps(metrics: Metrics, { db, redis }: { readonly db: Database; readonly redis: RedisLink | undefined }): void {
  watchRedis(metrics, redis);
  const { pool } = db;
  if (pool === undefined) return;
  const connections = () => ({ busy: pool().total - pool().idle, idle: pool().idle });
  metrics.gauge('gatehouse_db_pool_connections', 'Connections to PostgreSQL, by what they do', connections, 'state');
  metrics.gauge('gatehouse_db_pool_connections_max', 'Connections to PostgreSQL at most', () => pool().max);
  metrics.gauge('gatehouse_db_pool_waiting', 'Queries that wait for a connection', () => pool().waiting);
}
