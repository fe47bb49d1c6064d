/** Headers between the gateway and the services. The gateway drops them from what it is sent. */
export const INTERNAL_HEADERS = {
  secret: 'x-gatehouse-secret',
  address: 'x-gatehouse-address',
  undeclaredProxy: 'x-gatehouse-undeclared-proxy',
  slug: 'x-gatehouse-slug',
} as const;
