import type { OutgoingHttpHeaders, ServerResponse } from 'node:http';
import type { Reply } from './reply.ts';

/**
 * Writes a reply. A stream is sent as it comes and waits for a slow reader.
 * @throws what the stream throws, or when the reader has gone
 */
export async function sendReply(response: ServerResponse, reply: Reply, head: boolean): Promise<void> {
  const text = reply.text ?? (reply.body === undefined ? undefined : JSON.stringify(reply.body));
  const headers: OutgoingHttpHeaders = text === undefined && reply.stream === undefined ? {} : { 'content-type': 'application/json' };
  Object.assign(headers, reply.headers);
  if (reply.stream !== undefined && !head) {
    response.statusCode = reply.status;
    // Not written yet: a stream that cannot begin can still become a fault.
    for (const [name, value] of Object.entries(headers)) if (value !== undefined) response.setHeader(name, value);
    return sendStream(response, reply.stream);
  }
  if (text !== undefined) headers['content-length'] = Buffer.byteLength(text);
  else if (reply.stream === undefined && reply.status !== 204) headers['content-length'] = 0;
  // As text it goes out in one piece with the head.
  response.writeHead(reply.status, headers).end(head ? undefined : text);
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
