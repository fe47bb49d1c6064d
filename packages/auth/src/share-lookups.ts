interface Running<V> {
  readonly current: Promise<V>;
  next?: Promise<V>;
}

/**
 * Lets those who ask for the same at the same time share a look-up: one runs, and whoever asks meanwhile shares the one after it.
 * So a look-up never begins before the question that it answers, and what it finds is no older than the question. When the one
 * that runs fails, those who wait fail with it: nobody waits through two failures.
 */
export function shareLookups<V>(lookup: (key: string) => Promise<V>): (key: string) => Promise<V> {
  const running = new Map<string, Running<V>>();

  const start = (key: string): Promise<V> => {
    const entry: Running<V> = { current: lookup(key) };
    running.set(key, entry);
    const forget = () => void running.delete(key);
    // Where others wait, the next one takes its place; how that ends is told to them alone.
    entry.current.then(() => {
      if (entry.next === undefined) forget();
    }, forget);
    return entry.current;
  };

  return (key) => {
    const entry = running.get(key);
    if (entry === undefined) return start(key);
    entry.next ??= entry.current.then(() => start(key));
    return entry.next;
  };
}
