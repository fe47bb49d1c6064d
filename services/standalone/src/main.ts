import { loadConfig, withSecrets } from '@gatehouse/config';
import { runProcess } from '@gatehouse/http';
import { announce } from './announce.ts';
import { prepareDemo } from './demo/prepare-demo.ts';
import { startStandalone } from './start-standalone.ts';

runProcess(async () => {
  const { config, kept } = withSecrets(loadConfig('standalone'));
  const standalone = await startStandalone(config);
  const adminToken = config.adminToken.reveal();
  // A database that others use gets no demo.
  const curls =
    config.demo && standalone.embedded
      ? await prepareDemo({ baseUrl: standalone.baseUrl, adminToken, dataDir: config.dataDir, now: new Date() })
      : [];
  const isTerminal = process.stdout.isTTY === true;
  process.stdout.write(
    announce(
      {
        baseUrl: standalone.baseUrl,
        dataDir: config.dataDir,
        curls,
        adminTokenFile: kept.ADMIN_TOKEN?.file,
        newAdminToken: kept.ADMIN_TOKEN?.isNew === true ? adminToken : undefined,
      },
      isTerminal,
    ),
  );
  return () => standalone.close();
});
