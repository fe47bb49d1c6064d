// What stands behind every gateway that is measured: bare node:http with a reply of 300 bytes, whatever is asked.
import { createServer } from 'node:http';

const body = Buffer.from(JSON.stringify({ status: 'ok', filler: 'x'.repeat(300 - 27) }));
const headers = { 'content-type': 'application/json', 'content-length': body.length };
createServer({ keepAliveTimeout: 75_000 }, (request, response) => {
  request.resume();
  response.writeHead(200, headers).end(body);
}).listen(Number(process.env.PORT), '127.0.0.1');
