import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';
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

/**
 * How docker-compose.yml starts the gateway: the image's settings, with a young generation of its own.
 * @returns {Record<string, string>} environment variables
 * @throws Error when the file says nothing of it
 */
export function readGatewaySettings() {
  const compose = parse(readFileSync(join(ROOT, 'docker-compose.yml'), 'utf8'), { merge: true });
  const options = compose.services.gateway.environment.NODE_OPTIONS;
  if (typeof options !== 'string') throw new Error('docker-compose.yml sets no NODE_OPTIONS for the gateway.');
  return { ...readImageSettings(), NODE_OPTIONS: options };
}
