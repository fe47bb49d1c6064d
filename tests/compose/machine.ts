import { containersOf, docker, execIn } from './compose.ts';

/** A machine outside the deployment, with an address of its own: a caller on the internet, or an access point. */
export interface Machine {
  readonly id: string;
  readonly address: string;
  /** Calls the deployment's Caddy by HTTPS, one call after the other. */
  call(...calls: readonly Call[]): Promise<Answer[]>;
  /** Runs a program there and gives what it prints. */
  run(program: readonly string[], input?: string): Promise<string>;
  close(): Promise<void>;
}

/** An HTTP call. */
export interface Call {
  readonly path: string;
  readonly method?: string;
  readonly headers?: Readonly<Record<string, string>>;
  /** Sent as JSON. */
  readonly body?: object;
  /** Another place than Caddy: `http://gateway:8080`. */
  readonly origin?: string;
}

/** What came of a call. */
export interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  /** JSON, read; other text as it is. */
  // biome-ignore lint/suspicious/noExplicitAny: a test reads whatever an API answers
  readonly body: any;
}

/** Runs in the machine: reads calls from standard input, makes them, prints the answers. Trusts Caddy's own authority alone. */
const CLIENT = `
const { text } = require('node:stream/consumers');
const send = (ca, { origin = 'https://caddy', path, method = 'GET', headers = {}, body }) => new Promise((resolve, reject) => {
  const { protocol, hostname, port } = new URL(origin);
  const data = body === undefined ? undefined : JSON.stringify(body);
  const host = hostname === 'caddy' ? { host: 'localhost' } : {};
  const type = data === undefined ? {} : { 'content-type': 'application/json', 'content-length': Buffer.byteLength(data) };
  const options = { hostname, port, path, method, ca, servername: 'localhost', headers: { ...host, ...type, ...headers } };
  require('node:' + protocol.slice(0, -1)).request(options, async (response) => {
    resolve({ status: response.statusCode, headers: response.headers, text: await text(response) });
  }).on('error', reject).end(data);
});
text(process.stdin).then(async (input) => {
  const { ca, calls } = JSON.parse(input);
  const answers = [];
  for (const call of calls) answers.push(await send(ca, call));
  process.stdout.write(JSON.stringify(answers));
});`;

/** Starts a machine on the network that Caddy and FreeRADIUS are reached by. */
export async function startMachine(): Promise<Machine> {
  const id = await docker('run', '-d', '--init', '--network', (await outerNetwork()).name, 'gatehouse:local', 'sleep', 'infinity');
  const address = await docker('inspect', '-f', '{{range .NetworkSettings.Networks}}{{.IPAddress}}{{end}}', id);
  const run = async (program: readonly string[], input = '') => (await execIn(id, program, input)).toString();
  return {
    id,
    address,
    run,
    async call(...calls) {
      const answers: { status: number; headers: Record<string, string>; text: string }[] = JSON.parse(
        await run(['node', '-e', CLIENT], JSON.stringify({ ca: await readAuthority(), calls })),
      );
      return answers.map(({ status, headers, text }) => ({ status, headers, body: readBody(text) }));
    },
    close: async () => void (await docker('rm', '-f', id)),
  };
}

/** The network that is not cut off from the world. This machine's own calls of published ports come from its gateway. */
export async function outerNetwork(): Promise<{ readonly name: string; readonly gateway: string }> {
  const [id = ''] = await containersOf('gateway');
  const networks: Record<string, { Gateway: string }> = JSON.parse(await docker('inspect', '-f', '{{json .NetworkSettings.Networks}}', id));
  const [name = '', { Gateway: gateway } = { Gateway: '' }] = Object.entries(networks).find(([one]) => one.endsWith('_outer')) ?? [];
  return { name, gateway };
}

/** The certificate under which Caddy signs for `localhost`. */
async function readAuthority(): Promise<string> {
  const [caddy = ''] = await containersOf('caddy');
  return (await execIn(caddy, ['cat', '/data/caddy/pki/authorities/local/root.crt'])).toString();
}

function readBody(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}
