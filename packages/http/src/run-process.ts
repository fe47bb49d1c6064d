import { OperatorError } from '@gatehouse/faults';

/**
 * Runs a process from start to stop: a mistake of the operator is one clear sentence and exit 1; SIGTERM and SIGINT
 * drain and exit 0, a second one exits at once.
 * @param start begins the work and gives the function that ends it
 */
export function runProcess(start: () => Promise<() => Promise<void>>): void {
  let stopping = false;
  let stop: (() => Promise<void>) | undefined;
  const onSignal = (): void => {
    if (stopping) process.exit(1);
    stopping = true;
    // Before the start is over there is nothing that would have to be ended with care.
    if (stop === undefined) process.exit(0);
    stop().then(
      () => process.exit(0),
      (error: unknown) => fail(error),
    );
  };
  process.on('SIGTERM', onSignal);
  process.on('SIGINT', onSignal);
  start().then(
    (end) => {
      stop = end;
    },
    (error: unknown) => fail(error),
  );
}

function fail(error: unknown): never {
  process.stderr.write(`gatehouse: ${explain(error)}\n`);
  process.exit(1);
}

function explain(error: unknown): string {
  if (error instanceof OperatorError) return error.message;
  return error instanceof Error ? (error.stack ?? error.message) : String(error);
}
