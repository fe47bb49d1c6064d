import { Fault } from '@gatehouse/faults';

/** How many may be served at once, and how many may wait for their turn, for how long. */
export interface WaitingLineLimits {
  readonly places: number;
  readonly queue: number;
  readonly queueMs: number;
}

/** Lets so many in at once; the others wait in the order in which they came. */
export interface WaitingLine {
  /** Resolves when there is a place. @throws Fault OVERLOADED at once when too many wait, or after `queueMs` */
  enter(): Promise<void>;
  /** Gives the place back, once for each `enter` that resolved. */
  leave(): void;
}

/** Makes the line of one service. Who finds a place free waits for nothing and costs no timer. */
export function createWaitingLine({ places, queue, queueMs }: WaitingLineLimits): WaitingLine {
  let taken = 0;
  const waiting = new Set<() => void>();

  function wait(): Promise<void> {
    return new Promise((resolve, reject) => {
      const goOn = () => {
        clearTimeout(timer);
        resolve();
      };
      const timer = setTimeout(() => {
        waiting.delete(goOn);
        reject(overloaded());
      }, queueMs);
      waiting.add(goOn);
    });
  }

  return {
    async enter() {
      if (taken < places) {
        taken += 1;
        return;
      }
      if (waiting.size >= queue) throw overloaded();
      await wait();
    },
    leave() {
      // The place goes to whoever waits longest.
      const [next] = waiting;
      if (next === undefined) {
        taken -= 1;
        return;
      }
      waiting.delete(next);
      next();
    },
  };
}

function overloaded(): Fault {
  return new Fault('OVERLOADED', { retryAfterSeconds: 1 });
}
