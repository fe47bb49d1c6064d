import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { ROOT } from './start-process.mjs';

/**
 * How the image starts Node and its memory allocator: the services are measured as a deployment runs them.
 * @returns {Record<string, string>} environment variables
 * @throws Error when the Dockerfile says nothing of them
 */
export function readImageSettings() {
  const dockerfile = readFileSync(join(ROOT, 'Dockerfile'), 'utf8');
  const [, options] = /NODE_OPTIONS="([^"]*)"/.exec(dockerfile) ?? [];
  const [, arenas] = /MALLOC_ARENA_MAX=(\d+)/.exec(dockerfile) ?? [];
  if (options === undefined || arenas === undefined) throw new Error('The Dockerfile sets no NODE_OPTIONS and MALLOC_ARENA_MAX.');
  return { NODE_OPTIONS: options, MALLOC_ARENA_MAX: arenas };
}
