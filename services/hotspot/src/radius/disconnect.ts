import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { ServiceDeps } from '@gatehouse/service';
import { openSecret } from '../sealed-secrets.ts';
import { type DisconnectTarget, endSessionRows, findDisconnectTargets } from './disconnect-repository.ts';

/** Where access points listen for Disconnect-Requests (RFC 5176 §2). */
const DISCONNECT_PORT = 3799;
/** Access points are near, and a session that goes on is asked to end again with its next report. */
const TIMEOUT_SECONDS = 2;
const TRIES = 2;
const PARALLEL = 4;

/**
 * Ends live sessions, such as those of a voucher that was removed: at once on our side, then at the access points in the
 * background.
 */
export async function endSessions(deps: ServiceDeps, sessionIds: readonly number[]): Promise<void> {
  const ended = await endSessionRows(deps.db, sessionIds, deps.clock());
  if (ended.length > 0) void disconnectSessions(deps, ended);
}

/** Ends the live sessions of a voucher, see {@link endSessions}. */
export async function endVoucherSessions(deps: ServiceDeps, voucherId: number): Promise<void> {
  const rows = await deps.db.query<{ id: number }>`SELECT id FROM guest_sessions WHERE voucher_id = ${voucherId} AND ended_at IS NULL`;
  await endSessions(
    deps,
    rows.map(({ id }) => id),
  );
}

/**
 * Sends a Disconnect-Request for each of the sessions (RFC 5176). Never rejects: an access point that is away, or knows none, is
 * told in the log.
 */
export async function disconnectSessions({ db, vault, log }: ServiceDeps, sessionIds: readonly number[]): Promise<void> {
  try {
    const targets = await findDisconnectTargets(db, sessionIds);
    const queue = targets.values();
    const work = async () => {
      for (const target of queue) {
        const secret = openSecret(vault, target.sealedSecret, { kind: 'nas', siteId: target.siteId });
        const outcome = await sendDisconnect(target, secret);
        const { sessionId, nasAddress } = target;
        log[outcome === 'ended' ? 'info' : 'warn']({ sessionId, nasAddress, outcome }, 'Disconnect-Request');
      }
    };
    await Promise.all(Array.from({ length: PARALLEL }, work));
  } catch (error) {
    log.warn({ err: error }, 'Disconnect-Requests were not sent');
  }
}

/** Debian's radclient speaks RADIUS for us; the secret goes by a file, since arguments are seen by everyone on the machine. */
async function sendDisconnect(target: DisconnectTarget, secret: string): Promise<'ended' | 'refused' | 'no answer'> {
  const folder = await mkdtemp(join(tmpdir(), 'gatehouse-disconnect-'));
  try {
    const file = join(folder, 'secret');
    await writeFile(file, secret, { mode: 0o600 });
    const host = target.nasAddress.includes(':') ? `[${target.nasAddress}]` : target.nasAddress;
    const options = ['-t', String(TIMEOUT_SECONDS), '-r', String(TRIES), '-x', '-S', file, `${host}:${DISCONNECT_PORT}`, 'disconnect'];
    const output = await run('radclient', options, describe(target));
    if (output.includes('Received Disconnect-ACK')) return 'ended';
    return output.includes('Received Disconnect-NAK') ? 'refused' : 'no answer';
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** What the session is known by to the access point (RFC 5176 §3), as octets by number: no name can be read as something else. */
function describe({ login, acctSessionId, address, mac }: DisconnectTarget): string {
  const raw = (number: number, text: string) => `Attr-${number} = 0x${Buffer.from(text, 'utf8').toString('hex')}`;
  const isIpv4 = address !== null && !address.includes(':');
  return [
    raw(1, login),
    ...(acctSessionId === null ? [] : [raw(44, acctSessionId)]),
    ...(isIpv4 ? [`Framed-IP-Address = ${address}`] : []),
    // Only where nothing else tells the session: access points write MAC addresses in ways of their own.
    ...(acctSessionId === null && !isIpv4 && mac !== null ? [raw(31, mac)] : []),
    `Event-Timestamp = "${Math.floor(Date.now() / 1000)}"`,
  ].join('\n');
}

function run(command: string, args: readonly string[], input: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const child = execFile(command, args, { timeout: 15_000 }, (error, stdout, stderr) => {
      // It exits with 1 when the answer is no, or none.
      if (error !== null && typeof error.code !== 'number') reject(error);
      else resolve(stdout + stderr);
    });
    child.stdin?.on('error', () => undefined);
    child.stdin?.end(`${input}\n`);
  });
}
