import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { findRedis } from '../tools/databases.mjs';
import { startGateway } from '../tools/house.mjs';
import { startServer } from '../tools/least.mjs';
import { httpContender, startHello, startPeer, whyMissing } from '../tools/peers.mjs';
import { missingLine, rateLine } from '../tools/report.mjs';
import { measureByTurns } from '../tools/rounds.mjs';
import { scratch } from '../tools/scratch.mjs';
import { findPort, findProgram, startProcess } from '../tools/start-process.mjs';

/** @typedef {import('../tools/case.mjs').Case} Case */

const TITLE = 'the gateway forwards a reply of 300 bytes with all its duties';
const NODE_PEERS = /** @type {const} */ ([
  ['@fastify/http-proxy', 'fastify-proxy.mjs'],
  ['http-proxy-middleware', 'middleware-proxy.mjs'],
  ['express-gateway', 'express-gateway.mjs'],
]);

/** The gateway beside what else forwards; all in front of the same bare server. @type {Case} */
export const gateway = {
  name: 'gateway',
  async run({ pace }) {
    const { url: upstream } = await startServer('upstream', {});
    const house = await startGateway({ licensing: upstream, accounts: upstream, hotspot: upstream }, await findRedis());
    const calls = [{ path: '/keys', headers: { authorization: 'Bearer something', accept: 'application/json', 'user-agent': 'bench' } }];
    /** @param {string} name @param {string} url @param {number} [pid] */
    const contender = (name, url, pid) =>
      httpContender(name, url, calls, (body) => body.length === 300, pid === undefined ? {} : { it: pid });
    const contenders = [
      await startHello(),
      contender('Gatehouse gateway', house.url, house.pid),
      contender('(what stands behind, asked directly)', upstream),
      contender('(node:http and undici without any duty)', (await startServer('bare-proxy', { UPSTREAM: upstream })).url),
    ];
    /** @type {import('../tools/report.mjs').Line[]} */
    const missing = [];
    const nginx = findProgram('nginx');
    if (nginx === undefined) missing.push(missingLine('nginx', 'not installed (Debian: nginx)'));
    else contenders.push(contender('nginx, one worker', await startNginx(nginx, upstream)));
    for (const [name, file] of NODE_PEERS) {
      const reason = whyMissing(name);
      if (reason !== undefined) missing.push(missingLine(name, reason));
      else {
        const peer = await startPeer(file, { UPSTREAM: upstream, FOLDER: scratch });
        contenders.push(contender(name, peer.url, peer.pid));
      }
    }
    const figures = await measureByTurns(contenders, pace);
    await house.stop();
    const own = figures[1];
    const bestPeer = Math.max(0, ...figures.filter(({ name }) => NODE_PEERS.some(([peer]) => peer === name)).map(({ rate }) => rate));
    return {
      title: TITLE,
      lines: [
        ...figures.map((entry) =>
          entry === own
            ? rateLine(entry, { reach: '≥ 1.3 × hello, ahead of every Node peer', reached: (own.ratio ?? 0) >= 1.3 && own.rate > bestPeer })
            : rateLine(entry),
        ),
        ...missing,
      ],
      notes: [
        'The gateway writes its access log and counts metrics; nginx writes its access log; the Node peers do neither.',
        'In brackets: limits. Nothing that forwards in this way is faster than the one without any duty.',
      ],
    };
  },
};

/**
 * nginx with one worker, kept connections and its default access log.
 * @param {string} program
 * @param {string} upstream
 */
async function startNginx(program, upstream) {
  const port = await findPort();
  const file = join(scratch, 'nginx.conf');
  writeFileSync(
    file,
    `daemon off; worker_processes 1; pid ${scratch}/nginx.pid; error_log ${scratch}/nginx-error.log;
${process.getuid?.() === 0 ? 'user root;' : ''}
events { worker_connections 1024; }
http {
  access_log ${scratch}/nginx-access.log;
  upstream behind { server ${new URL(upstream).host}; keepalive 64; }
  server {
    listen 127.0.0.1:${port};
    keepalive_requests 1000000000;
    location / { proxy_pass http://behind; proxy_http_version 1.1; proxy_set_header Connection ""; proxy_set_header X-Request-Id $request_id; }
  }
}
`,
  );
  await startProcess({ name: 'nginx', command: program, args: ['-c', file], url: `http://127.0.0.1:${port}/` });
  return `http://127.0.0.1:${port}`;
}
