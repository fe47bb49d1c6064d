import { loadConfig } from '@gatehouse/config';
import { runService } from '@gatehouse/service';
import { startLicensing } from './start-licensing.ts';

// The process that docker-compose starts.
runService({ name: 'licensing', load: () => loadConfig('licensing'), start: startLicensing });
