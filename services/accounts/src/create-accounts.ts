import type { Route } from '@gatehouse/http';
import type { ServiceDeps } from '@gatehouse/service';
import { accountsAdminRoutes } from './admin/accounts-admin-routes.ts';
import { altercpaRoutes } from './altercpa/altercpa-routes.ts';
import type { Mail } from './mail/index.ts';
import { peopleRoutes } from './people/people-routes.ts';
import { phpstrapRoutes } from './phpstrap/phpstrap-routes.ts';

/** What the accounts service takes beside what all services have. */
export interface AccountsDeps extends ServiceDeps {
  readonly mail: Mail;
  /** The bot whose Telegram sign-ins are taken; without one that endpoint is off. */
  readonly telegramBotToken?: string | undefined;
}

/** The routes of the accounts service. Order matters: altercpa answers for all of `/api/` that phpstrap leaves. */
export function createAccounts(deps: AccountsDeps): Route[] {
  return [...phpstrapRoutes(deps), ...altercpaRoutes(deps, deps), ...peopleRoutes(deps, deps.mail), ...accountsAdminRoutes(deps)];
}
