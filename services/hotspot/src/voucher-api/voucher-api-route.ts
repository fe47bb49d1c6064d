import { badParameter, Fault } from '@gatehouse/faults';
import { type Fields, type Operation, Repeated, type Route, validate } from '@gatehouse/http';
import type { HotspotContext } from '../hotspot-deps.ts';
import type { AnyCommand } from './command.ts';
import { COMMANDS } from './commands.ts';
import { judgeDoor } from './judge-door.ts';

/** `/api/`: the documented voucher API, one path for all actions. The checks come in the order of hotspot.md. */
export function voucherApiRoute({ deps, siteKeys }: HotspotContext): Route {
  return {
    dialect: 'hotspot',
    path: ['/api', '/api/'],
    name: 'voucher API',
    methods: ['GET', 'HEAD', 'POST'],
    body: { multipart: true },
    operations: COMMANDS.map(toOperation),
    async handle(request) {
      const body = request.method === 'POST' ? await request.body() : null;
      const fields = body?.fields ?? request.query;
      const { subject: site } = await siteKeys.identify(request, fields);
      request.notes.principal = `site:${site.id}`;
      const fault = judgeDoor(site, request);
      if (fault !== null) throw new Fault(fault);
      const command = findCommand(fields.action);
      request.notes.endpoint = command.name;
      if (command.writes && request.method === 'HEAD') throw new Fault('METHOD_NOT_ALLOWED');
      const params: unknown = validate(command.params, withoutEmpty(fields), { convert: body?.kind !== 'json', unknown: 'ignore' });
      return command.handle({ deps, site, params, now: request.now });
    },
  };
}

function toOperation({ name, summary, params, reply, faults }: AnyCommand): Operation {
  return {
    name,
    summary,
    methods: ['GET', 'POST'],
    path: '/api/',
    command: { name: 'action' },
    access: { scheme: 'api-key' },
    body: params,
    // A retried write is told that the name is taken: the document knows no Idempotency-Key.
    idempotent: false,
    replies: { 200: reply },
    faults: ['API_DISABLED', 'SITE_METHOD_OFF', 'UNKNOWN_ROUTE', ...faults],
  };
}

const commandsByName = new Map(COMMANDS.map((command) => [command.name, command]));

function findCommand(action: unknown): AnyCommand {
  if (action instanceof Repeated) throw badParameter('action', 'was given more than once');
  const command = typeof action === 'string' ? commandsByName.get(action) : undefined;
  if (command === undefined) throw new Fault('UNKNOWN_ROUTE', { internal: 'unknown action' });
  return command;
}

/** An empty parameter is an absent one (hotspot.md); JSON has `null` for it too. */
function withoutEmpty(fields: Fields): Fields {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== '' && value !== null));
}
