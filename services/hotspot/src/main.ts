import { loadConfig } from '@gatehouse/config';
import { runService } from '@gatehouse/service';
import { startHotspot } from './start-hotspot.ts';

// The process that docker-compose starts.
runService({ name: 'hotspot', load: () => loadConfig('hotspot'), start: startHotspot });
