import { startTestService, type TestService, type TestServiceOptions } from '@gatehouse/testing';
import { startLicensing } from '../start-licensing.ts';
import { createSeller, type TestSeller } from './create-seller.ts';

/** The licensing service under test, as a client reaches it. */
export interface LicensingApp extends TestService {
  /** A call with a seller's API key, through the gateway. */
  call(seller: TestSeller | null, method: 'get' | 'post' | 'put' | 'delete', path: string, body?: object): Promise<Answer>;
  createSeller(scopes?: readonly string[]): Promise<TestSeller>;
  /** Makes a key with the API. */
  createKey(seller: TestSeller, fields?: object): Promise<KeyObject>;
  /** Asks for a verdict, as a program does. */
  verify(body: object): Promise<Answer>;
}

/** What came back. */
export interface Answer {
  readonly status: number;
  // biome-ignore lint/suspicious/noExplicitAny: tests look into bodies of every shape
  readonly body: any;
  readonly text: string;
  readonly headers: Readonly<Record<string, string>>;
}

/** The parts of a key object that tests need by type. */
export interface KeyObject {
  readonly id: number;
  readonly key_value: string;
  readonly [name: string]: unknown;
}

/** Starts the service with the gateway in front. */
export async function startLicensingApp(options: Omit<TestServiceOptions, 'routes'> = {}): Promise<LicensingApp> {
  const background: { close(): Promise<void> }[] = [];
  const app = await startTestService({
    ...options,
    async routes(deps) {
      const parts = await startLicensing(deps);
      background.push(...(parts.background ?? []));
      return parts.routes;
    },
  });
  const call: LicensingApp['call'] = async (seller, method, path, body) => {
    const request = app.gateway[method](path);
    if (seller !== null) request.set('authorization', `Bearer ${seller.token}`);
    return body === undefined ? request : request.send(body);
  };
  return {
    ...app,
    call,
    createSeller: (scopes) => createSeller(app.deps.db, scopes),
    async createKey(seller, fields = {}) {
      const made = await call(seller, 'post', '/keys', { provider_id: seller.providerId, ...fields });
      if (made.status !== 201) throw new Error(`no key was made: ${made.text}`);
      return made.body.key;
    },
    verify: (body) => call(null, 'post', '/keys/verify', body),
    async close() {
      await Promise.all(background.map((part) => part.close()));
      await app.close();
    },
  };
}
