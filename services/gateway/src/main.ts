import { loadConfig } from '@gatehouse/config';
import { createLog, runProcess, serveMetrics, watchRedis } from '@gatehouse/http';
import { connectRedis, createLimits } from '@gatehouse/limits';
import { startGateway } from './start-gateway.ts';

runProcess(async () => {
  const config = loadConfig('gateway');
  const log = createLog('gateway', config.logLevel);
  const redis = config.redisUrl === undefined ? undefined : await connectRedis({ url: config.redisUrl.reveal(), log });
  const metrics = await serveMetrics(config.metricsPort, config.host);
  if (metrics !== undefined) watchRedis(metrics, redis);
  const gateway = await startGateway({
    port: config.port,
    host: config.host,
    upstreams: { licensing: config.licensingUrl, accounts: config.accountsUrl, hotspot: config.hotspotUrl },
    internalSecret: config.internalSecret.reveal(),
    cloudDomain: config.cloudDomain,
    trustProxy: config.trustProxy,
    rateLimits: createLimits(redis === undefined ? {} : { redis }),
    log,
    metrics,
  });
  log.info({ port: gateway.port }, 'gateway is ready');
  return async () => {
    await gateway.close();
    await metrics?.close();
    await redis?.close();
  };
});
