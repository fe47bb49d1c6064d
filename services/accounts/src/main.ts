import { loadConfig } from '@gatehouse/config';
import { reveal, runService } from '@gatehouse/service';
import { createAccounts } from './create-accounts.ts';

runService({
  name: 'accounts',
  load: () => loadConfig('accounts'),
  routes: (deps, config) => createAccounts({ ...deps, telegramBotToken: reveal(config.telegramBotToken) }),
});
