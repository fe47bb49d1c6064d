import { loadConfig } from '@gatehouse/config';
import { reveal, runService } from '@gatehouse/service';
import { startAccounts } from './start-accounts.ts';

// The process that docker-compose starts.
runService({
  name: 'accounts',
  load: () => loadConfig('accounts'),
  start: (deps, { dataDir, smtpUrl, telegramBotToken }) =>
    startAccounts(deps, { dataDir, smtpUrl: reveal(smtpUrl), telegramBotToken: reveal(telegramBotToken) }),
});
