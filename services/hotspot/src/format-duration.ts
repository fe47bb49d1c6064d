/**
 * A span of time as the document writes it: `9h12m45s`, `12h05m30s`, `0h00m07s`.
 * @param seconds whole seconds; what is below zero (clocks that disagree) is none
 */
export function formatDuration(seconds: number): string {
  const whole = Math.max(0, Math.floor(seconds));
  const two = (value: number) => String(value).padStart(2, '0');
  return `${Math.floor(whole / 3600)}h${two(Math.floor(whole / 60) % 60)}m${two(whole % 60)}s`;
}

/** The same for the time between two moments. */
export function formatSpan(from: Date, to: Date): string {
  return formatDuration((to.getTime() - from.getTime()) / 1000);
}
