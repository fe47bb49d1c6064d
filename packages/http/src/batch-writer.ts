/** Collects items and hands them on together, off the request's path. */
export interface BatchWriter<Item> {
  /** Takes an item. Never waits, never throws. */
  add(item: Item): void;
  /** Writes what has been collected and waits for it. */
  flush(): Promise<void>;
  /** Writes the rest and stops. */
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
  readonly write: (items: readonly Item[]) => Promise<void>;
  readonly onError: (error: unknown, waiting: number) => void;
  readonly onDropped?: (count: number) => void;
}

/**
 * Makes a writer of batches. One batch is written at a time, in order; one that fails is tried again with the next,
 * so that a database that was away for a while loses nothing.
 */
export function createBatchWriter<Item>(options: BatchOptions<Item>): BatchWriter<Item> {
  let waiting: Item[] = [];
  let timer: NodeJS.Timeout | undefined;
  let running: Promise<void> | undefined;

  function schedule(): void {
    timer ??= setTimeout(() => void flush(), options.intervalMs).unref();
  }

  async function writeAll(): Promise<void> {
    while (waiting.length > 0) {
      const batch = waiting.slice(0, options.maxItems);
      try {
        await options.write(batch);
        waiting = waiting.slice(batch.length);
      } catch (error) {
        options.onError(error, waiting.length);
        schedule();
        return;
      }
    }
  }

  function flush(): Promise<void> {
    clearTimeout(timer);
    timer = undefined;
    running ??= writeAll().finally(() => {
      running = undefined;
    });
    return running;
  }

  return {
    add(item) {
      if (waiting.length >= options.maxWaiting && running === undefined) {
        waiting = waiting.slice(1);
        options.onDropped?.(1);
      }
      waiting.push(item);
      if (waiting.length === options.maxItems) void flush();
      else schedule();
    },
    flush,
    async close() {
      await running;
      await flush();
      clearTimeout(timer);
    },
  };
}
