import { request } from 'node:http';
import { text as readText } from 'node:stream/consumers';

/** Calls our own gateway as any client would. */
export interface ApiClient {
  /** @returns the reply's JSON. @throws ApiRefusal when it is no success */
  call<T>(method: string, path: string, options?: { readonly token?: string; readonly body?: object }): Promise<T>;
}

/** A reply that is no success; the message names the call, its status and the reply. */
export class ApiRefusal extends Error {
  readonly status: number;
  constructor(method: string, path: string, status: number, text: string) {
    super(`${method} ${path} answered ${status}: ${text.slice(0, 300)}`);
    this.status = status;
  }
}

/** Makes a client of the gateway at `baseUrl`. On `node:http`: `fetch` would be loaded for this alone, and every start waits for it. */
export function createApiClient(baseUrl: string): ApiClient {
  return {
    async call(method, path, { token, body } = {}) {
      const headers = {
        ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
      };
      const { status, text } = await send(baseUrl + path, method, headers, body === undefined ? undefined : JSON.stringify(body));
      if (status < 200 || status > 299) throw new ApiRefusal(method, path, status, text);
      return text === '' ? undefined : JSON.parse(text);
    },
  };
}

function send(url: string, method: string, headers: Readonly<Record<string, string>>, body: string | undefined) {
  return new Promise<{ readonly status: number; readonly text: string }>((resolve, reject) => {
    const sent = request(url, { method, headers }, (response) => {
      readText(response).then((text) => resolve({ status: response.statusCode ?? 0, text }), reject);
    });
    sent.on('error', reject).end(body);
  });
}
