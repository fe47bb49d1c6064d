/** Notices that a peer has stopped answering. */
export interface Watchdog {
  /** A command was sent. */
  started(): void;
  /** A command ended, well or not: the peer, or its absence, has answered. */
  settled(): void;
}

/** Time is told in steps of this many milliseconds. */
const STEP_MS = 50;
/** A step that ended later than this was a stall of this process. */
const STALL_MS = 25;
/** However much this process stalls, a peer gets no more than this many times the steps it should have. */
const LONGEST_EXTENSION = 4;

/**
 * Calls `onSilence` once commands have been under way for `timeoutMs` and none of them has ended.
 *
 * Time in which this process itself stood still does not count: timers run before sockets are read, so after a stall of our
 * own every answer looks late although it is waiting in the socket.
 * @param timeoutMs milliseconds, told in steps of 50
 */
export function createWatchdog(timeoutMs: number, onSilence: () => void): Watchdog {
  const enoughSteps = Math.max(1, Math.round(timeoutMs / STEP_MS));
  let underWay = 0;
  let silentSteps = 0;
  let steps = 0;
  let due = 0;
  let timer: NodeJS.Timeout | undefined;

  const arm = (): void => {
    due = performance.now() + STEP_MS;
    timer = setTimeout(step, STEP_MS);
  };
  const step = (): void => {
    steps += 1;
    if (performance.now() - due <= STALL_MS) silentSteps += 1;
    if (silentSteps >= enoughSteps || steps >= enoughSteps * LONGEST_EXTENSION) onSilence();
    else arm();
  };

  return {
    started: () => {
      underWay += 1;
      if (underWay === 1) arm();
    },
    settled: () => {
      silentSteps = 0;
      steps = 0;
      underWay -= 1;
      if (underWay === 0) clearTimeout(timer);
    },
  };
}
