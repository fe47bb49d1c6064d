import { type ServiceDeps, type ServiceParts, startAuditUpkeep } from '@gatehouse/service';
import { createAccounts } from './create-accounts.ts';
import { createMail, type MailOptions } from './mail/index.ts';

/** What the accounts service takes of the settings. */
export interface AccountsOptions extends MailOptions {
  /** The bot whose Telegram sign-ins are taken; without one that endpoint is off. */
  readonly telegramBotToken: string | undefined;
}

/** Starts the accounts service: its routes, and beside them its mail and the nightly work on the audit log. */
export function startAccounts(deps: ServiceDeps, { telegramBotToken, ...mailOptions }: AccountsOptions): ServiceParts {
  const mail = createMail(deps, mailOptions);
  return { routes: createAccounts({ ...deps, telegramBotToken, mail }), background: [mail, startAuditUpkeep(deps)] };
}
