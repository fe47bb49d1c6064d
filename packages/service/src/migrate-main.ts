import { loadConfig } from '@gatehouse/config';
import { migrate, openDatabase } from '@gatehouse/db';
import { createLog, runProcess } from '@gatehouse/http';

/** The one-shot `migrate` of docker-compose. The services migrate at start too; this one lets them find the work done. */
runProcess(async () => {
  const config = loadConfig('migrate');
  const log = createLog('migrate', config.logLevel);
  const db = await openDatabase({ databaseUrl: config.databaseUrl.reveal(), log });
  await migrate(db, log);
  await db.close();
  process.exit(0);
});
