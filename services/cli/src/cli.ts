import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type CliConfig, loadConfig } from '@gatehouse/config';
import type { Command } from 'commander';
import { type Api, createApi } from './api.ts';
import { CliError, EXIT } from './exit-codes.ts';
import { confirm, type Terminal } from './terminal.ts';

/** The options that every command takes. */
export interface GlobalOptions {
  readonly url?: string;
  readonly tokenFile?: string;
  readonly apiKeyFile?: string;
  readonly json?: boolean;
}

/** What a command works with. */
export interface Cli {
  readonly terminal: Terminal;
  readonly isJson: boolean;
  readonly config: CliConfig;
  readonly api: Api;
  /** The API key of a seller, when one was given. */
  readonly apiKey: string | undefined;
  /** Goes on only when the answer is yes, or `isSure` says that there is no need to ask. @throws CliError */
  makeSure(question: string, isSure: boolean | undefined): Promise<void>;
}

/** A command's work: its options, then its arguments. */
export type Work<Options extends object> = (cli: Cli, options: Options, ...args: string[]) => Promise<void>;

/** Makes the action of a command. */
export function act<Options extends object>(terminal: Terminal, work: Work<Options>): (...given: unknown[]) => Promise<void> {
  return async (...given) => {
    // Commander hands over the arguments, then the options, then the command, whose options it has checked.
    const command = given.at(-1) as Command;
    const options = given.at(-2) as Options;
    const args = given
      .slice(0, -2)
      .flatMap((value) => (Array.isArray(value) ? value.map(String) : [value === undefined ? '' : String(value)]));
    await work(connect(terminal, command.optsWithGlobals()), options, ...args);
  };
}

/** What a command works with, by the settings and the options that every command takes. @throws ConfigError, CliError */
export function connect(terminal: Terminal, options: GlobalOptions): Cli {
  const config = loadConfig('cli');
  return {
    terminal,
    config,
    isJson: options.json === true,
    api: createApi({ url: serverUrl(config, options), token: () => findToken(config, options) }),
    apiKey: options.apiKeyFile === undefined ? config.gatehouseApiKey?.reveal() : readSecretFile(options.apiKeyFile, '--api-key-file'),
    async makeSure(question, isSure) {
      if (isSure === true) return;
      if (!terminal.isInputTerminal) throw new CliError('Say --yes: there is nobody to ask.', EXIT.usage);
      if (!(await confirm(terminal, question))) throw new CliError('Nothing was done.', EXIT.refused);
    },
  };
}

function serverUrl(config: CliConfig, { url }: GlobalOptions): string {
  if (url === undefined) return config.gatehouseUrl ?? `http://127.0.0.1:${config.port}`;
  if (!/^https?:\/\/[^/\s]+/.test(url) || !URL.canParse(url))
    throw new CliError('--url must be an http:// or https:// address.', EXIT.usage);
  return url.replace(/\/+$/, '');
}

/** The operator's token: what was named, else the one that a standalone start keeps in its data directory. */
function findToken(config: CliConfig, { tokenFile }: GlobalOptions): string {
  if (tokenFile !== undefined) return readSecretFile(tokenFile, '--token-file');
  if (config.adminToken !== undefined) return config.adminToken.reveal();
  const kept = join(config.dataDir, 'secrets', 'admin-token');
  try {
    return readFileSync(kept, 'utf8').trim();
  } catch {
    throw new CliError(`There is no operator's token: set ADMIN_TOKEN_FILE or --token-file (${kept} cannot be read).`, EXIT.denied);
  }
}

function readSecretFile(file: string, option: string): string {
  try {
    const text = readFileSync(file, 'utf8').trim();
    if (/^[\x21-\x7e]+$/.test(text)) return text;
  } catch {
    throw new CliError(`${option} names a file that cannot be read.`, EXIT.usage);
  }
  throw new CliError(`${option} names a file that holds no token.`, EXIT.usage);
}
