import { ADMIN_TOKEN, startTestService, type TestDeps, type TestService } from '@gatehouse/testing';
import { createHotspot } from '../create-hotspot.ts';

/** The domain of cloud hosts in tests. */
export const CLOUD_DOMAIN = 'cloud.test';

/** A site as the admin API answers it, as far as tests look. */
export interface TestSite {
  readonly id: number;
  readonly slug: string;
  readonly key: string;
}

/** The hotspot service behind the gateway, and shorthands for what every suite does. */
export interface TestHotspot extends TestService {
  /** The Authorization header of an operator. */
  readonly operator: string;
  /** Calls the admin API through the gateway. */
  admin(method: 'get' | 'post' | 'patch' | 'delete', path: string, body?: object): ReturnType<TestService['gateway']['get']>;
  /** Makes a site with a key, its API switched on, and the switches given. */
  makeSite(switches?: object): Promise<TestSite>;
  /** Calls the voucher API by POST with JSON. */
  call(site: TestSite, action: string, params?: object): ReturnType<TestService['gateway']['post']>;
}

/** Starts the hotspot service behind the gateway. */
export async function startTestHotspot(options: { readonly on?: TestDeps } = {}): Promise<TestHotspot> {
  const service = await startTestService({
    ...options,
    cloudDomain: CLOUD_DOMAIN,
    routes: (deps) => createHotspot({ ...deps, cloudDomain: CLOUD_DOMAIN }),
  });
  const admin: TestHotspot['admin'] = (method, path, body) =>
    service.gateway[method](`/admin/v1/${path}`).set('authorization', `Bearer ${ADMIN_TOKEN}`).send(body);
  return {
    ...service,
    operator: `Bearer ${ADMIN_TOKEN}`,
    admin,
    async makeSite(switches = {}) {
      const site = await admin('post', 'sites', {
        name: 'Café Seeblick',
        timezone: 'Europe/Berlin',
        api_enabled: true,
        ...switches,
      }).expect(201);
      const key = await admin('post', `sites/${site.body.id}/api-keys`).expect(201);
      return { id: site.body.id, slug: site.body.slug, key: key.body.secret };
    },
    call: (site, action, params = {}) => service.gateway.post('/api/').send({ 'api-key': site.key, action, ...params }),
  };
}
