// The least that a gateway of node:http and undici can be: it forwards, and has no duty.
import { createServer } from 'node:http';
import { createRequire } from 'node:module';

const { Pool } = createRequire(new URL('../../services/gateway/package.json', import.meta.url))('undici');
const pool = new Pool(process.env.UPSTREAM ?? '', { pipelining: 1 });

createServer(async (request, response) => {
  const headers = request.rawHeaders.filter(isForwarded);
  const sent = request.method === 'POST' ? request : null;
  const answer = await pool.request({ path: request.url, method: request.method, headers, body: sent });
  const body = Buffer.from(await answer.body.arrayBuffer());
  response.writeHead(answer.statusCode, { 'content-type': answer.headers['content-type'], 'content-length': body.length }).end(body);
}).listen(Number(process.env.PORT), '127.0.0.1');

/**
 * Leaves out `Connection` and its value, which belong to one connection.
 * @param {string} _text
 * @param {number} index
 * @param {readonly string[]} headers names and values in turn
 */
function isForwarded(_text, index, headers) {
  return headers[index - (index % 2)]?.toLowerCase() !== 'connection';
}
