import type { Cli } from './cli.ts';
import { CliError, EXIT } from './exit-codes.ts';
import { remark } from './output.ts';

/** Whose keys a command is about. */
export interface SellerOption {
  readonly seller?: number;
}

/**
 * Does some work at the API of keys, which takes the API key of a seller. Without one an operator who names the seller gets one for
 * just this work: it is revoked at its end.
 * @throws CliError when neither is given
 */
export async function asSeller(cli: Cli, { seller }: SellerOption, scope: string, work: (token: string) => Promise<void>): Promise<void> {
  if (cli.apiKey !== undefined) return work(cli.apiKey);
  if (seller === undefined) {
    throw new CliError('Name the seller with --seller, or give their API key with GATEHOUSE_API_KEY_FILE or --api-key-file.', EXIT.usage);
  }
  const body = { kind: 'rest-api', scopes: [scope], name: 'gatehouse command line' };
  const { id, secret } = await cli.api.call('POST', `/admin/v1/users/${seller}/credentials`, { body });
  try {
    await work(String(secret));
  } finally {
    await cli.api.call('DELETE', `/admin/v1/credentials/${Number(id)}`).catch(() => {
      remark(cli, `Credential ${Number(id)} was made for this and could not be revoked: gatehouse credentials revoke ${Number(id)}`);
    });
  }
}
