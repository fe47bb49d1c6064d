#!/usr/bin/env node
// After the build: prepares the embedded database that first starts and tests are copied from. Does nothing when it is there.
// biome-ignore lint/style/noRestrictedImports: a script of this package runs what was built, by the only path that leads there.
import { makeEmbeddedTemplate } from '../dist/index.js';

const silent = { info: () => undefined, warn: () => undefined };
await makeEmbeddedTemplate(silent);
