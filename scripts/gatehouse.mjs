import { prepare, runScript } from './prepare.mjs';

// `npm run --silent gatehouse -- users list`: the command line of a clone, built when it is not.
await runScript(() => {
  prepare();
});
await import(new URL('../services/cli/dist/main.js', import.meta.url).href);
