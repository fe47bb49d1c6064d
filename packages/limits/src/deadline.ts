/** How long the event loop gets to read an answer that may already have arrived. */
const GRACE_MS = 50;

/**
 * Settles as `work` does, or rejects with `makeError()` once it has taken longer than `timeoutMs`.
 *
 * Time in which this process itself stood still does not count: timers run before sockets are read, so after a stall
 * of our own every answer looks late although it is waiting in the socket. The last {@link GRACE_MS} of the time must
 * therefore pass without a stall, which also means that the sockets were read in it.
 * @param timeoutMs milliseconds, above {@link GRACE_MS}
 */
export function withDeadline<T>(work: Promise<T>, timeoutMs: number, makeError: () => Error): Promise<T> {
  return new Promise((resolve, reject) => {
    let due = performance.now() + timeoutMs - GRACE_MS;
    let inGrace = false;
    const check = (): void => {
      const now = performance.now();
      if (inGrace && now - due < GRACE_MS) {
        reject(makeError());
        return;
      }
      inGrace = true;
      due = now + GRACE_MS;
      timer = setTimeout(check, GRACE_MS);
    };
    let timer = setTimeout(check, timeoutMs - GRACE_MS);
    work.then(
      (value) => {
        clearTimeout(timer);
        resolve(value);
      },
      (error: unknown) => {
        clearTimeout(timer);
        reject(error);
      },
    );
  });
}
