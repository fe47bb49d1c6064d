import { createHash, createHmac } from 'node:crypto';
import { createSocket, type Socket } from 'node:dgram';
import { once } from 'node:events';
import { afterEach, describe, expect, it } from '@jest/globals';
import { askRadius } from './ask-radius.ts';

const SECRET = 'a secret of an access point';
const open: Socket[] = [];
afterEach(() => {
  for (const socket of open.splice(0)) socket.close();
});

/** A RADIUS server that answers Status-Server as RFC 5997 says: only to who signed with its secret. */
async function startServer(secret: string, answers = true): Promise<number> {
  const socket = createSocket('udp4');
  open.push(socket);
  socket.on('message', (request, peer) => {
    const unsigned = Buffer.from(request);
    unsigned.fill(0, 22, 38);
    const isSigned = createHmac('md5', secret).update(unsigned).digest().equals(request.subarray(22, 38));
    if (!answers || request[0] !== 12 || request.readUInt16BE(2) !== request.length || !isSigned) return;
    const reply = Buffer.alloc(20);
    reply.writeUInt8(2, 0);
    reply.writeUInt8(request.readUInt8(1), 1);
    reply.writeUInt16BE(20, 2);
    createHash('md5').update(reply.subarray(0, 4)).update(request.subarray(4, 20)).update(secret).digest().copy(reply, 4);
    socket.send(reply, peer.port, peer.address);
  });
  socket.bind(0, '127.0.0.1');
  await once(socket, 'listening');
  return socket.address().port;
}

const ask = (port: number, secret = SECRET) => askRadius({ host: '127.0.0.1', port, secret, tries: 1, waitMs: 300 });

describe('askRadius', () => {
  it('finds a server that is there', async () => {
    expect(await ask(await startServer(SECRET))).toBe('ok');
  });

  it('finds none where none answers, or where it does not know the secret', async () => {
    expect(await ask(await startServer(SECRET, false))).toBe('no answer');
    expect(await ask(await startServer(SECRET), 'another secret')).toBe('no answer');
    expect(await ask(9)).toBe('no answer');
  });
});
