import { Presets, SingleBar } from 'cli-progress';
import type { Cli } from './cli.ts';

/** How far a long work is. */
export interface Progress {
  set(value: number, total?: number): void;
  stop(): void;
}

/** Shows a bar on a terminal, beside the output; elsewhere nothing. */
export function startProgress(cli: Cli, label: string, total: number): Progress {
  const { errors, areErrorsTerminal } = cli.terminal;
  if (!areErrorsTerminal || cli.isJson) return { set: () => undefined, stop: () => undefined };
  const format = total > 0 ? `${label} {bar} {value}/{total} · {eta_formatted} left` : `${label} {value} · {duration_formatted}`;
  // Its typings want a stream of a terminal, of which it uses what every stream has.
  const bar = new SingleBar(
    { format, stream: errors as NodeJS.WritableStream, hideCursor: true, clearOnComplete: false },
    Presets.shades_grey,
  );
  bar.start(total, 0);
  return {
    set(value, newTotal) {
      if (newTotal !== undefined) bar.setTotal(newTotal);
      bar.update(value);
    },
    stop: () => bar.stop(),
  };
}
