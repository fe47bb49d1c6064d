export { type CompleteConfig, type Standalone, startStandalone } from './start-standalone.ts';
