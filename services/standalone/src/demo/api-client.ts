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

/** Makes a client of the gateway at `baseUrl`. */
export function createApiClient(baseUrl: string): ApiClient {
  return {
    async call(method, path, { token, body } = {}) {
      const response = await fetch(baseUrl + path, {
        method,
        headers: {
          ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
          ...(body === undefined ? {} : { 'content-type': 'application/json' }),
        },
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      });
      const text = await response.text();
      if (!response.ok) throw new ApiRefusal(method, path, response.status, text);
      return text === '' ? undefined : JSON.parse(text);
    },
  };
}
