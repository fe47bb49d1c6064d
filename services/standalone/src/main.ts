import { loadConfig, withSecrets } from '@gatehouse/config';
import { runProcess } from '@gatehouse/http';
import { announce, announceRenewal } from './announce.ts';
import { prepareDemo } from './demo/prepare-demo.ts';
import { startStandalone } from './start-standalone.ts';

runProcess(async () => {
  const { config, kept } = withSecrets(loadConfig('standalone'));
  const standalone = await startStandalone(config);
  const adminToken = config.adminToken.reveal();
  const isTerminal = process.stdout.isTTY === true;
  // A database that others use gets no demo.
  const demo =
    config.demo && standalone.embedded
      ? await prepareDemo({ baseUrl: standalone.baseUrl, adminToken, dataDir: config.dataDir, now: new Date() })
      : undefined;
  process.stdout.write(
    announce(
      {
        baseUrl: standalone.baseUrl,
        dataDir: config.dataDir,
        curls: demo?.curls ?? [],
        adminTokenFile: kept.ADMIN_TOKEN?.file,
        newAdminToken: kept.ADMIN_TOKEN?.isNew === true ? adminToken : undefined,
      },
      isTerminal,
    ),
  );
  let closing = false;
  demo
    ?.renew()
    .then((curls) => curls === null || process.stdout.write(announceRenewal(config.dataDir, curls, isTerminal)))
    .catch((error: unknown) => closing || process.stderr.write(`gatehouse: The demo could not be renewed: ${String(error)}\n`));
  return () => {
    closing = true;
    return standalone.close();
  };
});
