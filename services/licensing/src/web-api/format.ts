/** Seconds since 1970, the form of the Web API's times. */
export function unixSeconds(date: Date): number {
  return Math.floor(date.getTime() / 1000);
}

const UNITS = [
  ['year', 31_536_000],
  ['month', 2_592_000],
  ['week', 604_800],
  ['day', 86_400],
  ['hour', 3_600],
  ['minute', 60],
  ['second', 1],
] as const satisfies readonly (readonly [name: string, seconds: number])[];

/** How long ago, in words of the largest unit that fits: `3 days ago`. What is yet to come is `just now`. */
export function describeElapsed(from: Date, now: Date): string {
  const seconds = unixSeconds(now) - unixSeconds(from);
  for (const [name, size] of UNITS) {
    const count = Math.floor(seconds / size);
    if (count >= 1) return `${count} ${name}${count === 1 ? '' : 's'} ago`;
  }
  return 'just now';
}
