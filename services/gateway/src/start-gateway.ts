import { type Listening, listen } from '@gatehouse/http';
import { type Limits, PHPSTRAP_ADDRESS_POLICY, rateLimitHeaders } from '@gatehouse/limits';
import { createGateway, type GatewayOptions } from './gateway.ts';

/** Where the gateway listens, and what it is made of. */
export interface StartGatewayOptions extends Omit<GatewayOptions, 'addressFigures'> {
  readonly port: number;
  readonly host: string;
  readonly rateLimits: Limits;
}

/**
 * Starts the gateway.
 * @throws ListenError when the port cannot be had
 */
export async function startGateway({ port, host, rateLimits, ...options }: StartGatewayOptions): Promise<Listening> {
  const addressFigures = async (network: string) => rateLimitHeaders(await rateLimits.peek(PHPSTRAP_ADDRESS_POLICY, network));
  const gateway = createGateway({ ...options, addressFigures });
  const listening = await listen(gateway.listener, port, host);
  return {
    ...listening,
    async close(graceMs) {
      await listening.close(graceMs);
      await gateway.close();
    },
  };
}
