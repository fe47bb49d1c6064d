import { ConfigError } from '@gatehouse/config';
import { DataDirInUse } from '@gatehouse/db';
import { ListenError } from '@gatehouse/http';

/** Errors that an operator can mend: told as a sentence, without a stack. */
const PLAIN_ERRORS = [ConfigError, ListenError, DataDirInUse];

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
  const plain = error instanceof Error && PLAIN_ERRORS.some((kind) => error instanceof kind);
  const text = plain ? error.message : error instanceof Error ? (error.stack ?? error.message) : String(error);
  process.stderr.write(`gatehouse: ${text}\n`);
  process.exit(1);
}
