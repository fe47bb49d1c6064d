/** Collects items and hands them on together, off the request's path. */
export interface BatchWriter<Item> {
  /** Takes an item. Never waits, never throws. */
  add(item: Item): void;
  /** Writes what has been collected and waits for it. */
  flush(): Promise<void>;
  /** Writes the rest, trying for up to `closeMs`, and stops; what is left then is told to `onDropped`. */
  close(): Promise<void>;
}

/** How a {@link BatchWriter} works. */
export interface BatchOptions<Item> {
  /** The longest an item waits. */
  readonly intervalMs: number;
  /** Written at once when so many are waiting. */
  readonly maxItems: number;
  /** How many may wait when writing fails; beyond it the oldest are dropped, and counted in `onDropped`. */
  readonly maxWaiting: number;
  /** How long `close` goes on trying when writing fails (5 s). */
  readonly closeMs?: number;
  readonly write: (items: readonly Item[]) => Promise<void>;
  readonly onError: (error: unknown, waiting: number) => void;
  readonly onDropped?: (count: number) => void;
}

const CLOSE_MS = 5_000;

/**
 * Makes a writer of batches. One batch is written at a time, in order; one that fails is tried again with the next,
 * so that a database that was away for a while loses nothing.
 */
export function createBatchWriter<Item>(options: BatchOptions<Item>): BatchWriter<Item> {
  const { intervalMs, maxItems, maxWaiting, closeMs = CLOSE_MS } = options;
  let waiting: Item[] = [];
  let timer: NodeJS.Timeout | undefined;
  let running: Promise<void> | undefined;
  /** How many of those that wait are to be written now, full batch or not. */
  let due = 0;

  function schedule(): void {
    timer ??= setTimeout(() => void flush(), intervalMs).unref();
  }

  async function writeDue(): Promise<void> {
    // What comes meanwhile waits until it fills a batch or its time is up: else a busy time would be written in many small ones.
    while (due > 0 || waiting.length >= maxItems) {
      const batch = waiting.slice(0, maxItems);
      try {
        await options.write(batch);
      } catch (error) {
        options.onError(error, waiting.length);
        due = 0;
        break;
      }
      waiting = waiting.slice(batch.length);
      due = Math.max(0, due - batch.length);
    }
    if (waiting.length > 0) schedule();
  }

  async function run(): Promise<void> {
    await writeDue();
    running = undefined;
    // Somebody asked for it after the last look.
    if (due > 0) await flush();
  }

  function flush(): Promise<void> {
    clearTimeout(timer);
    timer = undefined;
    due = waiting.length;
    running ??= run();
    return running;
  }

  /** A good piece at once, since each time costs a copy; never while a batch, which is the oldest, is being written. */
  function dropOldest(): void {
    const count = Math.min(maxItems, waiting.length);
    waiting = waiting.slice(count);
    options.onDropped?.(count);
  }

  return {
    add(item) {
      if (waiting.length >= maxWaiting && running === undefined) dropOldest();
      waiting.push(item);
      if (waiting.length === maxItems && running === undefined) void flush();
      else schedule();
    },
    flush,
    async close() {
      const deadline = performance.now() + closeMs;
      await running;
      await flush();
      while (waiting.length > 0 && performance.now() < deadline) {
        await new Promise((resolve) => setTimeout(resolve, Math.min(intervalMs, 250)));
        await flush();
      }
      clearTimeout(timer);
      if (waiting.length > 0) options.onDropped?.(waiting.length);
    },
  };
}
