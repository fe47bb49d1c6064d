#!/usr/bin/env node
// After the build: prepares the embedded database that first starts and tests are copied from. Does nothing when it is there.
import { makeEmbeddedTemplate } from '../dist/make-embedded-template.js';

const silent = { info: () => undefined, warn: () => undefined };
await makeEmbeddedTemplate(silent);
