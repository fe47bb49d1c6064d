import { loadConfig } from '@gatehouse/config';
import { runService } from '@gatehouse/service';
import { licensingRoutes } from './licensing-routes.ts';

// The process that docker-compose starts.
runService({ name: 'licensing', load: () => loadConfig('licensing'), routes: licensingRoutes });
