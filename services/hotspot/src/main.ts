import { loadConfig } from '@gatehouse/config';
import { runService } from '@gatehouse/service';
import { createHotspot } from './hotspot.ts';
import { startRetention } from './retention/start-retention.ts';

// The process that docker-compose starts.
runService({
  name: 'hotspot',
  load: () => loadConfig('hotspot'),
  routes: (deps, { cloudDomain }) => createHotspot({ ...deps, cloudDomain }),
  listenMore: async (deps) => [startRetention(deps)],
});
