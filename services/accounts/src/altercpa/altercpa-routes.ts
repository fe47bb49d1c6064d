import type { Database } from '@gatehouse/db';
import { Fault } from '@gatehouse/faults';
import { type AnyEndpoint, type Route, toRoutes } from '@gatehouse/http';
import { endpointHost, type ServiceDeps } from '@gatehouse/service';
import { getInfo } from './get-info.ts';
import { getSession } from './get-session.ts';
import { getTimeline } from './get-timeline.ts';
import { listTariffs } from './list-tariffs.ts';
import { createMembers } from './members.ts';
import { rotateApiKey } from './rotate-api-key.ts';
import { setNotify } from './set-notify.ts';
import { signInByTelegram } from './sign-in-by-telegram.ts';
import { signOut } from './sign-out.ts';

/** What altercpa takes beside what all services have. */
export interface AltercpaOptions {
  /** The bot whose sign-ins are taken; without one `auth/telegram.json` is off (→ `func`). */
  readonly telegramBotToken?: string | undefined;
}

/** The user API: what ends in `.json` below `/api/`. Mount it after phpstrap's routes, since it answers for all that is left there. */
export function altercpaRoutes(deps: ServiceDeps, options: AltercpaOptions): Route[] {
  // The document knows no Idempotency-Key. To keep answers of a public endpoint by one would hand a session to whoever repeats it.
  const host = { ...endpointHost(deps, 'altercpa'), idempotency: undefined };
  return [
    ...toRoutes(altercpaEndpoints(deps, options), host),
    { dialect: 'altercpa', path: '/api/*path', name: 'unknown', methods: [], handle: refusePath },
  ];
}

/** The endpoints as data: routing, documentation and tests come from it. */
export function altercpaEndpoints(deps: ServiceDeps, { telegramBotToken }: AltercpaOptions): AnyEndpoint<Database>[] {
  const members = createMembers(deps);
  return [
    getInfo(members),
    rotateApiKey(deps, members),
    setNotify(deps, members),
    ...(telegramBotToken === undefined ? [] : [signInByTelegram(deps, members, telegramBotToken)]),
    signOut(deps, members),
    getSession(members),
    listTariffs(members),
    getTimeline(members),
  ];
}

function refusePath(): never {
  throw new Fault('UNKNOWN_ROUTE');
}
