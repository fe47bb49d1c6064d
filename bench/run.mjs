import { prepare, runScript } from '../scripts/prepare.mjs';

// Its cases load the project's own packages, which a new clone has not got yet.
await runScript(() => {
  prepare();
});
await import('./run-cases.mjs');
