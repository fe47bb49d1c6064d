// Sends RADIUS packets as access points do: 32 under way, each on a socket of its own, since what answers tells them apart by that.
// Settings are one argument of JSON; prints what came of it as one line of JSON.
//   kind      `logins`: Access-Requests of users in turn; `reports`: Interim-Updates of sessions that it opens first
//   sessions  that are reported on in turn, for each of the 32
//   users     how many there are, all with the same passcode
//   from      the number of the first: `guest-0` unless told
import { createSocket } from 'node:dgram';
import { inFlight } from '../tools/in-flight.mjs';
import {
  ATTRIBUTES as A,
  attribute,
  CODES,
  encodeLogin,
  encodeReport,
  findAttribute,
  isAnswerTo,
  STATUS,
} from '../tools/radius-packets.mjs';

/** @type {{ kind: 'logins' | 'reports', authPort: number, acctPort: number, secret: string, users: number, from?: number, sessions: number, passcode: string, seconds: number, first: number }} */
const settings = JSON.parse(process.argv[2] ?? '{}');
const { authPort, acctPort, secret, users, from = 0, sessions, passcode, seconds } = settings;
const LANES = 32;
/** How long an answer is waited for; access points ask again after as long. */
const PATIENCE_MS = 3_000;

const lanes = await Promise.all(Array.from({ length: LANES }, openLane));
let next = settings.first;
const sample = settings.kind === 'logins' ? await inFlight(LANES, seconds, logIn) : await report();
for (const { socket } of lanes) socket.close();
console.log(JSON.stringify({ ...sample, next }));

/** @param {number} lane */
async function logIn(lane) {
  next += 1;
  const answer = await signIn(lane, from + (next % users), next);
  return answer?.[0] === CODES.accessAccept;
}

/**
 * @param {number} lane
 * @param {number} user
 * @param {number} [visit] tells a session from the one before of the same user
 */
function signIn(lane, user, visit = user) {
  return ask(lane, authPort, (id) => encodeLogin({ id, secret, name: `guest-${user}`, passcode, more: describe(user, visit) }));
}

async function report() {
  /** @type {{ user: number, classAttribute: Buffer[] }[][]} */
  const opened = Array.from({ length: LANES }, () => []);
  await Promise.all(
    lanes.map(async (_, lane) => {
      for (let index = 0; index < sessions; index += 1) {
        const user = (settings.first + lane * sessions + index) % users;
        const answer = await signIn(lane, user);
        if (answer?.[0] !== CODES.accessAccept) throw new Error('a login was refused');
        const value = findAttribute(answer, A.class);
        const session = { user, classAttribute: value === undefined ? [] : [attribute(A.class, value)] };
        await tell(lane, session, STATUS.start, 0);
        opened[lane]?.push(session);
      }
    }),
  );
  let count = 0;
  return inFlight(LANES, seconds, (lane) => {
    count += 1;
    const session = opened[lane]?.[count % sessions];
    return session === undefined ? Promise.resolve(false) : tell(lane, session, STATUS.interim, count);
  });
}

/**
 * @param {number} lane
 * @param {{ user: number, classAttribute: Buffer[] }} session
 * @param {number} status
 * @param {number} count grows from report to report
 */
async function tell(lane, { user, classAttribute }, status, count) {
  const answer = await ask(lane, acctPort, (id) => {
    const counters = [
      attribute(A.acctSessionTime, count),
      attribute(A.acctInputOctets, count * 1_000),
      attribute(A.acctOutputOctets, count * 2_000),
    ];
    const more = [
      attribute(A.acctStatusType, status),
      attribute(A.userName, `guest-${user}`),
      ...describe(user, user),
      ...classAttribute,
      ...counters,
    ];
    return encodeReport({ id, secret, more });
  });
  return answer?.[0] === CODES.accountingResponse;
}

/**
 * @param {number} user
 * @param {number} visit
 */
function describe(user, visit) {
  const digits = user.toString(16).padStart(12, '0');
  return [
    attribute(A.nasIpAddress, Buffer.from([127, 0, 0, 1])),
    attribute(A.callingStationId, digits.replace(/(..)(?=.)/g, '$1-').toUpperCase()),
    attribute(A.acctSessionId, `${process.pid}-${visit}`),
  ];
}

/**
 * Sends a packet and waits for its answer.
 * @param {number} laneNumber
 * @param {number} port
 * @param {(id: number) => Buffer} encode
 * @returns {Promise<Buffer | null>} null when none came
 */
function ask(laneNumber, port, encode) {
  const lane = lanes[laneNumber];
  if (lane === undefined) return Promise.resolve(null);
  lane.id = (lane.id + 1) % 256;
  const packet = encode(lane.id);
  return new Promise((resolve) => {
    const timer = setTimeout(() => settle(null), PATIENCE_MS);
    const settle = (/** @type {Buffer | null} */ answer) => {
      clearTimeout(timer);
      lane.answered = () => undefined;
      resolve(answer);
    };
    lane.answered = (answer) => isAnswerTo(packet, answer, secret) && settle(answer);
    lane.socket.send(packet, port, '127.0.0.1');
  });
}

/** @returns {Promise<{ socket: import('node:dgram').Socket, id: number, answered: (answer: Buffer) => void }>} */
function openLane() {
  return new Promise((resolve) => {
    const socket = createSocket('udp4');
    const lane = { socket, id: 0, answered: (/** @type {Buffer} */ _answer) => undefined };
    socket.on('message', (answer) => lane.answered(answer));
    socket.bind(0, '127.0.0.1', () => resolve(lane));
  });
}
