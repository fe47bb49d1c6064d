export { hasRedisServer, type RedisServer, startRedis } from './redis-server.ts';
