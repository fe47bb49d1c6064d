// What rlm_rest asks at the limit: bare node:http that looks at nothing, and answers what Gatehouse's hotspot service would.
// PASSCODE is that of every login, SECRET that of every access point.
import { createServer } from 'node:http';
import { describeAccessPoint } from '../tools/rest-attributes.mjs';

const address = describeAccessPoint(process.env.SECRET ?? '');
const passcode = { 'control:Cleartext-Password': process.env.PASSCODE ?? '', 'control:Tmp-String-0': 'voucher-1' };
const session = { 'reply:Class': '0'.repeat(32), 'reply:Acct-Interim-Interval': 60, 'reply:Session-Timeout': 86_400 };
const answers = new Map(
  Object.entries({ 'access-point': address, authorize: passcode, login: session }).map(([name, body]) => [
    `/radius/${name}`,
    JSON.stringify(body),
  ]),
);

createServer({ keepAliveTimeout: 75_000 }, (request, response) => {
  const body = answers.get((request.url ?? '').replace(/\?.*/s, ''));
  request.resume();
  if (body === undefined) response.writeHead(204).end();
  else response.writeHead(200, { 'content-type': 'application/json', 'content-length': Buffer.byteLength(body) }).end(body);
}).listen(Number(process.env.PORT), '127.0.0.1');
