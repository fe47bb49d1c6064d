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
  let isWriting = false;

  function open() {
    process.once('beforeExit', send);
    process.once('exit', sendSync);
    // It begins to write when it is told to (or has a megabyte): what is left at the exit has to be written there and then.
    const opened = pino.destination({ dest: 1, sync: false, minLength: MAX_BYTES - 1, maxWrite: MAX_BYTES });
    opened.on('drain', () => {
      isWriting = false;
      if (lines.length > 0) send();
    });
    return opened;
  }

  function send(): void {
    clearTimeout(timer);
    timer = undefined;
    // While it writes it takes no orders: the rest goes when it is done.
    if (isWriting || lines.length === 0) return;
    isWriting = true;
    output?.write(lines.join(''));
    lines = [];
    output?.flush();
  }

  function sendSync(): void {
    if (lines.length > 0) output?.write(lines.join(''));
    lines = [];
    output?.flushSync();
  }

  return {
    write(line) {
      output ??= open();
      timer ??= setTimeout(send, LONGEST_MS).unref();
      if (lines.push(line) >= LINES_AT_ONCE) send();
    },
  };
}
