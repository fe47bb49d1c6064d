import { Fault } from '@gatehouse/faults';

/** How many may be served at once, and how many may wait for their turn, for how long. */
export interface WaitingLineLimits {
  readonly places: number;
  readonly queue: number;
  readonly queueMs: number;
}

/** Lets so many in at once; the others wait in the order in which they came. */
export interface WaitingLine {
  /**
   * Takes a place.
   * @returns nothing when one was free, else what resolves when there is one, or rejects with OVERLOADED after `queueMs`
   * @throws Fault OVERLOADED when too many wait already
   */
  enter(): Promise<void> | undefined;
  /** Gives the place back, once for each `enter` that did not fail. */
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
    enter() {
      if (taken >= places) {
        if (waiting.size >= queue) throw overloaded();
        return wait();
      }
      taken += 1;
      return undefined;
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
