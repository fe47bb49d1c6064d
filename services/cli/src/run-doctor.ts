import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { loadConfig } from '@gatehouse/config';
import { OperatorError } from '@gatehouse/faults';
import { examineDatabase, type Finding } from '@gatehouse/service';
import { isJson, type Json } from './api.ts';
import { askRadius } from './ask-radius.ts';
import type { Cli } from './cli.ts';
import { CliError, EXIT } from './exit-codes.ts';
import { say, sayJson } from './output.ts';
import { openOwnDatabase } from './own-database.ts';

/** What to look at beside what is always looked at. */
export interface DoctorOptions {
  readonly radius?: string;
  readonly radiusSecretFile?: string;
}

const CLOCK_TOLERANCE_MS = 5_000;
const RADIUS_PORT = 1812;
const MARKS = { ok: 'ok     ', warning: 'WARNING', failed: 'FAILED ' } as const;

/**
 * Looks at everything that Gatehouse stands on. Without settings nothing can be looked at but them: what every command needs is read from them.
 * @param connect gives what a command works with, once the settings can be read
 * @throws CliError when something is to be mended
 */
export async function runDoctor(output: Pick<Cli, 'terminal' | 'isJson'>, options: DoctorOptions, connect: () => Cli): Promise<void> {
  const configuration = checkConfiguration();
  if (configuration.state === 'failed') return report(output, [configuration]);
  report(output, [configuration, ...(await examineServer(connect())), ...(await examineRadiusServer(options))]);
}

function report(cli: Pick<Cli, 'terminal' | 'isJson'>, findings: readonly Finding[]): void {
  if (cli.isJson) sayJson(cli, findings);
  else for (const { check, state, text } of findings) say(cli, `${MARKS[state]}  ${check.padEnd(14)}  ${text}`);
  const failed = findings.filter(({ state }) => state === 'failed').length;
  if (failed > 0) throw new CliError(failed === 1 ? 'One thing is to be mended.' : `${failed} things are to be mended.`, EXIT.failed);
}

/** The settings that this command was started with, which are those of the server when it runs beside it. */
function checkConfiguration(): Finding {
  try {
    loadConfig('cli');
    loadConfig('standalone');
    return { check: 'configuration', state: 'ok', text: 'The settings of this environment can be read.' };
  } catch (error) {
    if (!(error instanceof OperatorError)) throw error;
    return { check: 'configuration', state: 'failed', text: error.message.replaceAll('\n', ' ') };
  }
}

/** Asks the server; when none answers, looks at its database from here. */
async function examineServer(cli: Cli): Promise<Finding[]> {
  const check = 'server';
  try {
    const before = Date.now();
    const report = await cli.api.call('GET', '/admin/v1/doctor');
    const ready: Finding = { check, state: 'ok', text: `Gatehouse ${String(report.version)} answers at ${cli.api.url}.` };
    return [ready, ...(await examineReadiness(cli)), examineClock(String(report.now), before, Date.now()), ...readFindings(report)];
  } catch (error) {
    if (!(error instanceof CliError)) throw error;
    const finding: Finding = { check, state: 'failed', text: error.message.replaceAll('\n', ' ') };
    if (error.exitCode !== EXIT.unreachable) return [finding];
    return [finding, ...(await examineReadiness(cli)), ...(await examineOwnDatabase(cli))];
  }
}

/** Which services behind the gateway are down. */
async function examineReadiness(cli: Cli): Promise<Finding[]> {
  try {
    const response = await fetch(`${cli.api.url}/readyz`, { signal: AbortSignal.timeout(5_000) });
    const body: unknown = await response.json();
    const down = isJson(body) && Array.isArray(body.down) ? body.down.map(String) : [];
    if (down.length === 0) return [{ check: 'services', state: 'ok', text: 'Every service is ready.' }];
    return [{ check: 'services', state: 'failed', text: `Not ready: ${down.join(', ')}. Their logs say why.` }];
  } catch {
    return [];
  }
}

function examineClock(there: string, before: number, after: number): Finding {
  const time = Date.parse(there);
  const offMs = time < before ? before - time : Math.max(0, time - after);
  if (offMs <= CLOCK_TOLERANCE_MS) return { check: 'clock', state: 'ok', text: 'The clocks of this machine and the server agree.' };
  const seconds = Math.round(offMs / 1000);
  return { check: 'clock', state: 'failed', text: `The clocks of this machine and the server are ${seconds} s apart: set both by NTP.` };
}

function readFindings({ findings }: Json): Finding[] {
  const list = Array.isArray(findings) ? findings.filter(isJson) : [];
  return list.map(({ check, state, text }) => ({
    check: String(check),
    state: state === 'ok' || state === 'warning' ? state : 'failed',
    text: String(text),
  }));
}

async function examineOwnDatabase(cli: Cli): Promise<Finding[]> {
  const { databaseUrl, dataDir } = cli.config;
  // A look must not make one.
  if (databaseUrl === undefined && !existsSync(join(dataDir, 'pg'))) {
    return [
      {
        check: 'database',
        state: 'warning',
        text: `DATABASE_URL is not set, and there is no database in ${dataDir}: nothing was started here yet.`,
      },
    ];
  }
  try {
    const { db, vault } = await openOwnDatabase(cli.config);
    try {
      return await examineDatabase(db, vault, () => new Date());
    } finally {
      await db.close();
    }
  } catch (error) {
    if (error instanceof OperatorError || error instanceof CliError) return [{ check: 'database', state: 'failed', text: error.message }];
    throw error;
  }
}

async function examineRadiusServer({ radius, radiusSecretFile }: DoctorOptions): Promise<Finding[]> {
  if (radius === undefined) return [];
  if (radiusSecretFile === undefined) throw new CliError('--radius needs --radius-secret-file.', EXIT.usage);
  const [, host = radius, port] = /^([^:]+):(\d{1,5})$/.exec(radius) ?? [];
  const outcome = await askRadius({ host, port: port === undefined ? RADIUS_PORT : Number(port), secret: readSecret(radiusSecretFile) });
  const check = 'FreeRADIUS';
  if (outcome === 'ok') return [{ check, state: 'ok', text: `It answers at ${radius}.` }];
  if (outcome === 'wrong secret') return [{ check, state: 'failed', text: `It answers at ${radius}, but the secret is another one.` }];
  return [
    {
      check,
      state: 'failed',
      text: `Nothing answers at ${radius}: is it running, and is this machine listed as an access point with this secret?`,
    },
  ];
}

function readSecret(file: string): string {
  try {
    return readFileSync(file, 'utf8').trim();
  } catch {
    throw new CliError('--radius-secret-file names a file that cannot be read.', EXIT.usage);
  }
}
