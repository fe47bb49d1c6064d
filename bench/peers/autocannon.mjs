// The load generator where wrk is not installed: plays prepared requests in turn and prints one line of JSON.
import { readFileSync } from 'node:fs';
import autocannon from 'autocannon';

const [url, file, seconds, connections, most = '0'] = process.argv.slice(2);
const result = await autocannon({
  url,
  connections: Number(connections),
  ...(most === '0' ? { duration: Number(seconds) } : { amount: Number(most), timeout: 10 }),
  idReplacement: true,
  requests: JSON.parse(readFileSync(file, 'utf8')).map((call) => ({ method: 'GET', ...call })),
});
const count = result['2xx'];
const sample = {
  rate: count / result.duration,
  p50Ms: result.latency.p50,
  p99Ms: result.latency.p99,
  errors: result.non2xx + result.errors,
  count,
};
console.log(`RESULT ${JSON.stringify(sample)}`);
