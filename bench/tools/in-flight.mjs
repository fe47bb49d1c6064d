/**
 * Does something again and again, so many times at once, for so long.
 * @param {number} count under way at once
 * @param {number} seconds
 * @param {(lane: number) => Promise<boolean>} work whether it went well
 * @returns {Promise<import('./load.mjs').Sample>}
 */
export async function inFlight(count, seconds, work) {
  /** @type {number[]} */
  const times = [];
  let errors = 0;
  const startedAt = performance.now();
  const endsAt = startedAt + seconds * 1_000;
  await Promise.all(
    Array.from({ length: count }, async (_, lane) => {
      for (let now = performance.now(); now < endsAt; ) {
        const isGood = await work(lane);
        const then = performance.now();
        if (isGood) times.push(then - now);
        else errors += 1;
        now = then;
      }
    }),
  );
  const elapsedSeconds = (performance.now() - startedAt) / 1_000;
  times.sort((a, b) => a - b);
  const at = (/** @type {number} */ share) => times[Math.min(times.length - 1, Math.floor(times.length * share))] ?? Number.NaN;
  return { rate: times.length / elapsedSeconds, p50Ms: at(0.5), p99Ms: at(0.99), errors, count: times.length };
}
