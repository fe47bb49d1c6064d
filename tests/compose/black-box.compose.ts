import { describeBlackBox } from '../black-box.ts';
import { deployment } from './compose.ts';

describeBlackBox('docker-compose: the five APIs through the gateway', () => deployment);
