import { Fault, type FaultCode } from '@gatehouse/faults';
import { DEFAULT_BODY_LIMIT_BYTES, type Fields, type Operation, type Reply, type Route, type ServiceRequest } from '@gatehouse/http';
import type { ServiceDeps } from '@gatehouse/service';
import { countWrongKey } from './address-bans.ts';
import { type CallMemory, createCallMemory } from './call-memory.ts';
import { climbLadder } from './ladder.ts';
import { type LoadedCall, loadCall, toLadderFacts } from './load-caller.ts';
import type { MemberCall, Method, MethodReply, OpenCall } from './method.ts';
import { renderMethodPage } from './method-page.ts';
import { METHODS } from './methods.ts';
import { readInput, readParams, type WebApiInput } from './read-input.ts';
import { actionSchema } from './reply-schemas.ts';

/** A configuration of 1 MiB swells to three times its size when it is urlencoded. */
const BODY_LIMIT_BYTES = 3.5 * 1024 * 1024;
const DEFAULT_COMMAND = 'getMember';
const INDENT = 4;

/** The one path of the Web API: reads key and command, climbs the ladder, calls the method. */
export function webApiRoute(deps: ServiceDeps): Route {
  const memory = createCallMemory(deps);
  return {
    dialect: 'web-api',
    path: '/api.php',
    name: 'api.php',
    methods: ['GET', 'HEAD', 'POST'],
    body: { limitBytes: BODY_LIMIT_BYTES, multipart: true },
    operations: [...METHODS.values()].map(toOperation),
    page: renderMethodPage,
    handle: (request) => answer(deps, memory, request),
  };
}

/** What the ladder of checks can end in, whatever the method. */
const LADDER_FAULTS: readonly FaultCode[] = ['ADDRESS_BANNED', 'UNKNOWN_ROUTE'];
const KEY_FAULTS: readonly FaultCode[] = ['AUTHORIZATION_DENIED', 'TWO_STEP_OFF', 'ACCOUNT_DORMANT', 'NO_LIVE_SESSION', 'HASH_MISMATCH'];

function toOperation({ name, summary, verb, access, params, reply = actionSchema, faults = [] }: Method): Operation {
  const ladder = access === 'none' ? LADDER_FAULTS : [...LADDER_FAULTS, ...KEY_FAULTS];
  return {
    name,
    summary,
    methods: verb === 'GET' ? ['GET', 'POST'] : ['POST'],
    path: '/api.php',
    command: { name: 'cmd', preset: DEFAULT_COMMAND },
    access: { scheme: access === 'none' ? 'none' : 'licence key', ...(access === 'secret' ? { scope: 'secret' } : {}) },
    body: params,
    idempotent: false,
    replies: { 200: reply },
    faults: [...ladder, ...faults],
  };
}

async function answer(deps: ServiceDeps, memory: CallMemory, request: ServiceRequest): Promise<Reply> {
  const input = await readInput(request);
  const method = METHODS.get(input.command === undefined ? DEFAULT_COMMAND : (input.command ?? ''));
  // Never the command as sent: it can hold anything, a key too.
  request.notes.endpoint = method?.name ?? 'unknown command';
  const { caller } = await climb(deps, memory, request, input, method);
  if (method === undefined) throw new Fault('UNKNOWN_ROUTE');
  checkVerb(method, request);
  checkLength(method, request);
  const params = await readParams(request, method.rawParam);
  const open: OpenCall = { deps, db: deps.db, request, now: request.now };
  const reply = await (method.access === 'none' ? method.run(open, params) : method.run(toMemberCall(open, input, caller), params));
  return write(reply, params);
}

/** @throws Fault of the rung that does not hold */
async function climb(
  deps: ServiceDeps,
  memory: CallMemory,
  request: ServiceRequest,
  { key, bodyFault }: WebApiInput,
  method: Method | undefined,
): Promise<LoadedCall> {
  const { caller, now } = request;
  const { network } = caller;
  const judge = (loaded: LoadedCall) => toLadderFacts(loaded, { keySent: key !== null, command: method ?? null, network, now });
  const keyValue = key?.value ?? null;
  const known = keyValue === null ? null : await memory.recall(keyValue, network);
  if (known !== null && climbLadder(judge(known), now) === null) {
    noteCaller(request, key, known);
    return known;
  }
  const loaded = await loadCall(deps.db, keyValue, network, now);
  noteCaller(request, key, loaded);
  if (bodyFault !== null && !loaded.addressBanned) throw bodyFault;
  const facts = judge(loaded);
  const fault = climbLadder(facts, now);
  if (fault === null) return loaded;
  // A key that ran out is no guess: only what is nobody's counts.
  if (fault === 'BAD_CREDENTIAL' && facts.key === 'unknown' && key !== null) await countWrongKey(deps, { caller, keyHash: key.hash, now });
  throw new Fault(fault);
}

function noteCaller({ notes }: ServiceRequest, key: WebApiInput['key'], { caller }: LoadedCall): void {
  if (key !== null && key.last4 !== '') notes.last4 = key.last4;
  if (caller !== null) notes.ownerId = caller.key.ownerId;
  if (caller?.member) notes.principal = `user:${caller.member.id}`;
}

/** A method that changes something does not take HEAD, which must change nothing (RFC 9110 §9.2.1). */
function checkVerb({ verb, kind }: Method, { method }: ServiceRequest): void {
  const isTaken = method === 'POST' || (verb === 'GET' && (method === 'GET' || kind === 'data'));
  if (!isTaken) throw new Fault('METHOD_NOT_ALLOWED', { headers: { allow: verb === 'POST' ? 'POST' : 'GET, POST' } });
}

function checkLength({ bodyLimitBytes = DEFAULT_BODY_LIMIT_BYTES }: Method, request: ServiceRequest): void {
  if (Number(request.header('content-length') ?? 0) > bodyLimitBytes) throw new Fault('PAYLOAD_TOO_LARGE');
}

function toMemberCall(open: OpenCall, input: WebApiInput, caller: LoadedCall['caller']): MemberCall {
  if (caller === null || caller.member === null || caller.session === null) {
    throw new Fault('INTERNAL', { internal: 'the ladder let a call without a member through' });
  }
  const { key, member, session, hash } = caller;
  return { key: { last4: input.key?.last4 ?? '', ...key }, member, session, hash, ...open };
}

function write(reply: MethodReply, params: Fields): Reply {
  if ('raw' in reply) return { status: 200, text: reply.raw };
  const body = 'data' in reply ? reply.data : { code: 200, status: 200, message: reply.message };
  return { status: 200, text: JSON.stringify(body, null, params.beautify === undefined ? 0 : INDENT) };
}
