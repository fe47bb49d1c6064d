import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from '@jest/globals';
import { Ajv } from 'ajv';
import { parse } from 'yaml';

interface Service {
  readonly restart?: string;
  readonly image?: string;
  readonly read_only?: boolean;
  readonly mem_limit?: string;
  readonly healthcheck?: object;
  readonly ports?: readonly string[];
  readonly networks?: object;
  readonly profiles?: readonly string[];
  readonly security_opt?: readonly string[];
  readonly environment?: Readonly<Record<string, string | number>>;
}

const root = fileURLToPath(new URL('..', import.meta.url));
const file = parse(readFileSync(join(root, 'docker-compose.yml'), 'utf8'), { merge: true });
const services = Object.entries<Service>(file.services);
/** They do their work once and end. */
const ONE_SHOTS = ['init', 'migrate'];

it('docker-compose.yml is what the Compose Specification allows, to which Compose v2 keeps', () => {
  const folder = dirname(createRequire(import.meta.url).resolve('dclint/package.json'));
  const schema = JSON.parse(readFileSync(join(folder, 'schemas/compose.schema.json'), 'utf8'));
  const validate = new Ajv({ strict: false, validateFormats: false, allErrors: true }).compile({ ...schema, $schema: undefined });
  validate(file);
  expect(validate.errors).toBeNull();
});

it('FreeRADIUS is made anew by an upgrade that changes what it reads at its start', () => {
  const folder = join(root, 'services/hotspot/freeradius');
  const hash = createHash('sha256');
  for (const name of readdirSync(folder).sort()) hash.update(readFileSync(join(folder, name)));
  // Write this into docker-compose.yml when a file of the folder has changed.
  expect(file.services.freeradius.labels).toEqual({ 'gatehouse.configuration': hash.digest('hex').slice(0, 16) });
});

describe.each(services)('%s in docker-compose.yml', (name, service) => {
  const isOneShot = ONE_SHOTS.includes(name);

  it('has a bound on its memory, is started again when it ends, and its health is looked at', () => {
    expect(service.mem_limit).toMatch(/^\d+[mg]$/);
    expect([service.restart, service.healthcheck !== undefined]).toEqual(isOneShot ? [undefined, false] : ['unless-stopped', true]);
  });

  it('publishes a port only if the world is to reach it', () => {
    expect(service.ports !== undefined).toBe(['gateway', 'freeradius', 'caddy'].includes(name));
  });

  it('cannot write outside its volumes, and its processes gain no rights', () => {
    expect(service.security_opt).toEqual(['no-new-privileges:true']);
    // PostgreSQL's image writes its own configuration at its first start.
    if (name !== 'postgres') expect(service.read_only).toBe(true);
  });

  it('is handed secrets as files', () => {
    const secrets = Object.keys(service.environment ?? {}).filter((variable) =>
      /PASSWORD|TOKEN|SECRET|DATA_KEY|DATABASE_URL|SMTP_URL/.test(variable),
    );
    for (const variable of secrets.filter((one) => !one.endsWith('_FILE'))) expect(secrets).toContain(`${variable}_FILE`);
  });
});

it('the Dockerfile knows the manifest of every package', () => {
  const folders = ['packages', 'services'].flatMap((group) => readdirSync(join(root, group)).map((name) => `${group}/${name}`));
  const manifests = folders.map((folder) => `${folder}/package.json`).filter((manifest) => existsSync(join(root, manifest)));
  const dockerfile = readFileSync(join(root, 'Dockerfile'), 'utf8');
  expect(manifests.filter((manifest) => !dockerfile.includes(`COPY ${manifest} ${dirname(manifest)}/`))).toEqual([]);
});
