// express-gateway with one pipeline of one proxy. It reads its settings from a folder.
import { mkdirSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';

const folder = join(process.env.FOLDER, 'express-gateway');
mkdirSync(folder, { recursive: true });
const settings = {
  http: { port: Number(process.env.PORT), host: '127.0.0.1' },
  apiEndpoints: { all: { host: '*', paths: '/*' } },
  serviceEndpoints: { upstream: { url: process.env.UPSTREAM } },
  policies: ['proxy'],
  pipelines: { all: { apiEndpoints: ['all'], policies: [{ proxy: [{ action: { serviceEndpoint: 'upstream' } }] }] } },
};
// YAML takes JSON.
writeFileSync(join(folder, 'gateway.config.yml'), JSON.stringify(settings));
writeFileSync(
  join(folder, 'system.config.yml'),
  JSON.stringify({
    db: { redis: { emulate: true, namespace: 'EG' } },
    plugins: {},
    crypto: { cipherKey: 'sensitiveKey', algorithm: 'aes256', saltRounds: 10 },
    session: { secret: 'bench', resave: false, saveUninitialized: false },
    accessTokens: { timeToExpiry: 7200000 },
    refreshTokens: { timeToExpiry: 7200000 },
    authorizationCodes: { timeToExpiry: 300000 },
  }),
);
mkdirSync(join(folder, 'models'), { recursive: true });
for (const model of ['users', 'credentials', 'applications'])
  writeFileSync(
    join(folder, `models/${model}.json`),
    JSON.stringify({ $id: `http://express-gateway.io/models/${model}.json`, type: 'object', properties: {} }),
  );
process.env.EG_DISABLE_CONFIG_WATCH = 'true';
createRequire(import.meta.url)('express-gateway')()
  .load(folder)
  .run();
