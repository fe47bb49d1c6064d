import { prepare, runScript } from './prepare.mjs';

// Signals, exit code and memory are the server's own: it runs in this process, not in a child of it.
await runScript(() => {
  prepare();
});
await import(new URL('../services/standalone/dist/bundle/main.js', import.meta.url).href);
