import type { ServerResponse } from 'node:http';
import type { Reply } from './reply.ts';

/**
 * Writes a reply. A stream is sent as it comes and waits for a slow reader.
 * @throws what the stream throws, or when the reader has gone
 */
export async function sendReply(response: ServerResponse, reply: Reply, head: boolean): Promise<void> {
  const text = reply.text ?? (reply.body === undefined ? undefined : JSON.stringify(reply.body));
  response.statusCode = reply.status;
  if (text !== undefined || reply.stream !== undefined) response.setHeader('content-type', 'application/json');
  for (const [name, value] of Object.entries(reply.headers ?? {})) response.setHeader(name, value);
  if (reply.stream !== undefined && !head) return sendStream(response, reply.stream);
  if (text === undefined) {
    if (reply.status !== 204) response.setHeader('content-length', 0);
    response.end();
    return;
  }
  response.setHeader('content-length', Buffer.byteLength(text));
  // As text it goes out in one piece with the head.
  response.end(head ? undefined : text);
}

async function sendStream(response: ServerResponse, stream: AsyncIterable<string>): Promise<void> {
  for await (const piece of stream) {
    if (response.destroyed) throw new Error('the reader has gone');
    if (!response.write(piece)) await drained(response);
  }
  response.end();
}

/** Until a slow reader has caught up, or has gone. Leaves no listener behind: a long list waits thousands of times. */
function drained(response: ServerResponse): Promise<void> {
  return new Promise((resolve) => {
    const settle = () => {
      response.off('drain', settle);
      response.off('close', settle);
      resolve();
    };
    response.on('drain', settle);
    response.on('close', settle);
  });
}
