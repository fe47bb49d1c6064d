import { type DestinationStream, pino } from 'pino';

const LINES_AT_ONCE = 200;
const LONGEST_MS = 100;
const MAX_BYTES = 1024 * 1024;

/**
 * Standard output, written in pieces: a system call for each line would be a tenth of what a request costs the gateway. Lines are
 * out after a tenth of a second at the latest, and when the process ends. They are gathered here, since pino's own buffer measures
 * all of its text anew with each line.
 */
export function openLogOutput(): DestinationStream {
  let output: ReturnType<typeof pino.destination> | undefined;
  let lines: string[] = [];
  let timer: NodeJS.Timeout | undefined;

  function open() {
    // Before pino's own, which close the output.
    process.once('beforeExit', send);
    process.once('exit', hand);
    // It begins to write when it is told to: what is handed over at the exit has to be written there and then.
    return pino.destination({ dest: 1, sync: false, minLength: MAX_BYTES - 1, maxWrite: MAX_BYTES });
  }

  function hand(): void {
    if (lines.length > 0) output?.write(lines.join(''));
    lines = [];
  }

  function send(): void {
    clearTimeout(timer);
    timer = undefined;
    hand();
    output?.flush();
  }

  return {
    write(line) {
      output ??= open();
      timer ??= setTimeout(send, LONGEST_MS).unref();
      if (lines.push(line) >= LINES_AT_ONCE) send();
    },
  };
}
