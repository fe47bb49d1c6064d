export { hasRedisServer, openTestRedis, type RedisServer, startRedis } from './redis-server.ts';
