import { type DestinationStream, type Logger, pino } from 'pino';
import { openLogOutput } from './log-output.ts';
import { redact } from './redact.ts';

export type { Logger } from 'pino';

/**
 * Makes a structured log (one JSON object a line on standard output). Errors and texts are redacted on the way out.
 * @param name the process, such as `licensing`
 * @param level a pino level, or `silent`
 */
export function createLog(name: string, level: string, destination?: DestinationStream): Logger {
  const options = {
    level,
    // `hostname` and `pid` say nothing that the container's own log does not.
    base: { service: name },
    serializers: { err: serializeError },
    formatters: { level: (label: string) => ({ level: label }) },
    timestamp: createTimestamp(),
  };
  return pino(options, destination ?? openLogOutput());
}

/** A busy process writes many lines within a millisecond: the text is made once for all of them. */
function createTimestamp(): () => string {
  let madeAt = Number.NaN;
  let text = '';
  return () => {
    const now = Date.now();
    if (now !== madeAt) text = `,"time":"${new Date(now).toISOString()}"`;
    madeAt = now;
    return text;
  };
}

/** The loggable form of an error: its chain of names, messages and stacks, redacted. */
function serializeError(value: unknown, depth = 0): unknown {
  if (!(value instanceof Error)) return redact(String(value));
  const code: unknown = 'code' in value ? value.code : undefined;
  return {
    name: value.name,
    message: redact(value.message),
    ...(typeof code === 'string' ? { code } : {}),
    ...(value.stack === undefined ? {} : { stack: redact(value.stack) }),
    ...(value.cause === undefined || depth > 3 ? {} : { cause: serializeError(value.cause, depth + 1) }),
  };
}
