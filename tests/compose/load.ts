import type { World } from '../black-box.ts';
import { deployment } from './compose.ts';

/** What a steady stream of calls met. */
export interface LoadReport {
  readonly calls: number;
  /** Calls that were no success, by dialect and what was said. */
  readonly refusals: readonly string[];
  /** Calls whose reply was no documented form of the dialect, or that got no reply. */
  readonly undocumented: readonly string[];
  /** Licence keys whose making was acknowledged. */
  readonly keys: readonly string[];
  /** Vouchers whose making was acknowledged. */
  readonly vouchers: readonly string[];
  readonly slowestMs: number;
}

interface Call {
  readonly dialect: 'keys' | 'web-api' | 'phpstrap' | 'altercpa' | 'hotspot';
  readonly path: string;
  readonly init?: RequestInit;
  readonly keep?: (body: Record<string, never>) => void;
}

/** The documented failures, by dialect. */
const FAILURES: Readonly<Record<Call['dialect'], (status: number, body: Record<string, unknown>) => boolean>> = {
  keys: (_status, { error, code }) => typeof error === 'string' && typeof code === 'string',
  'web-api': (status, { code, status: again, message }) => code === status && again === status && typeof message === 'string',
  phpstrap: (_status, { success, error }) => success === false && typeof error === 'object' && error !== null,
  altercpa: (status, { status: word, error }) => status === 200 && word === 'error' && typeof error === 'string',
  hotspot: (_status, { message, error }) => typeof message === 'string' && error === true,
};

const json = (body: object): RequestInit => ({
  method: 'POST',
  headers: { 'content-type': 'application/json' },
  body: JSON.stringify(body),
});

/**
 * Calls all five APIs steadily until `stop`.
 * @param senders how many calls are under way at once
 */
export function startLoad(world: World, senders = 6): { stop(): Promise<LoadReport> } {
  const keys: string[] = [];
  const vouchers: string[] = [];
  const refusals: string[] = [];
  const undocumented: string[] = [];
  let calls = 0;
  let slowestMs = 0;
  let isOver = false;
  const auth = { authorization: `Bearer ${world.restApiKey}` };
  const mix: Call[] = [
    {
      dialect: 'keys',
      path: '/keys',
      init: { ...json({ provider_id: world.providerId }), headers: { 'content-type': 'application/json', ...auth } },
      keep: (body) => keys.push(String(Object(body.key).key_value)),
    },
    { dialect: 'keys', path: '/keys?limit=5', init: { headers: auth } },
    { dialect: 'web-api', path: `/api.php?key=${world.licenceKey}&cmd=getMember` },
    { dialect: 'phpstrap', path: `/api/v1/status.php?api_key=${world.phpstrapToken}` },
    { dialect: 'altercpa', path: `/api/profile/info.json?id=${world.altercpaKey}` },
    {
      dialect: 'hotspot',
      path: '/api/',
      init: json({ 'api-key': world.siteApiKey, action: 'create_voucher' }),
      keep: (body) => vouchers.push(String(Object(body.user).username)),
    },
  ];

  async function send(call: Call): Promise<void> {
    const startedAt = performance.now();
    calls += 1;
    try {
      const response = await fetch(deployment.baseUrl + call.path, { ...call.init, signal: AbortSignal.timeout(30_000) });
      const text = await response.text();
      const body = JSON.parse(text) as Record<string, never>;
      const failed = !response.ok || body.status === 'error';
      if (!failed) call.keep?.(body);
      else if (FAILURES[call.dialect](response.status, body)) refusals.push(`${call.dialect} ${response.status} ${text}`);
      else undocumented.push(`${call.dialect} ${response.status} ${text.slice(0, 200)}`);
    } catch (error) {
      undocumented.push(`${call.dialect} no reply: ${String(error)} ${String((error as Error).cause ?? '')}`);
    }
    slowestMs = Math.max(slowestMs, performance.now() - startedAt);
  }

  async function sendSteadily(first: number): Promise<void> {
    for (let turn = first; !isOver; turn += 1) {
      const call = mix[turn % mix.length];
      if (call !== undefined) await send(call);
      await new Promise((resolve) => setTimeout(resolve, 5));
    }
  }

  const running = Array.from({ length: senders }, (_, index) => sendSteadily(index));
  return {
    async stop() {
      isOver = true;
      await Promise.all(running);
      return { calls, refusals, undocumented, keys, vouchers, slowestMs };
    },
  };
}
