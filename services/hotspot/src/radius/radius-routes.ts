import { Fault } from '@gatehouse/faults';
import { noContent, type Reply, type Route, type ServiceRequest } from '@gatehouse/http';
import type { ServiceDeps } from '@gatehouse/service';
import { createAccounting } from './accounting.ts';
import { createAuthorizer } from './authorize.ts';
import { createFoundLogins } from './found-logins.ts';
import { lookUpAccessPoint } from './look-up-access-point.ts';
import { createLogins, noteRefusal } from './open-login.ts';
import { parsePacket, readTold } from './radius-packet.ts';

/** What FreeRADIUS calls, on a port of its own: see the folder `freeradius`. Not for the world, and in no public documentation. */
export function radiusRoutes(deps: ServiceDeps): Route[] {
  const foundLogins = createFoundLogins();
  return [
    route('access-point', 'GET', (request) => lookUpAccessPoint(deps, request)),
    route('authorize', 'GET', createAuthorizer(deps, foundLogins)),
    route('login', 'POST', createLogins(deps, foundLogins)),
    route('refusal', 'POST', (request) => noteRefusal(deps, request)),
    route('unsigned', 'POST', (request) => noteUnsigned(deps, request)),
    route('accounting', 'POST', createAccounting(deps)),
  ];
}

function route(name: string, method: string, handle: (request: ServiceRequest) => Promise<Reply>): Route {
  return { dialect: 'radius', path: `/radius/${name}`, name: `radius-${name}`, methods: [method], handle };
}

/** An access point sent no Message-Authenticator although it must: FreeRADIUS does not answer, and we say why in the log. */
async function noteUnsigned({ db, log }: ServiceDeps, request: ServiceRequest): Promise<Reply> {
  const { nasId: id, nasAddress: address } = parsePacket(readTold(request).packet);
  const [nas] = await db.query<{ name: string }>`SELECT name FROM nas WHERE id = ${id}`;
  if (nas === undefined) throw new Fault('NOT_FOUND', { detail: 'Access point not found' });
  log.warn({ nasId: id, nas: nas.name, address }, 'RADIUS request without Message-Authenticator: not answered');
  return noContent();
}
