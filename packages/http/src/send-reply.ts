import type { ServerResponse } from 'node:http';
import { pipeline } from 'node:stream/promises';
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
  // Waits for a slow reader, and lets go of the source when the reader has gone.
  if (reply.stream !== undefined && !head) return pipeline(reply.stream, response);
  if (text === undefined) {
    if (reply.status !== 204) response.setHeader('content-length', 0);
    response.end();
    return;
  }
  const bytes = Buffer.from(text);
  response.setHeader('content-length', bytes.length);
  response.end(head ? undefined : bytes);
}
