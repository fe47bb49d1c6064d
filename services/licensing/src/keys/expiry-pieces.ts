/** A day in milliseconds. */
export const DAY_MS = 86_400_000;
/** An hour in milliseconds. */
export const HOUR_MS = 3_600_000;

/** From `from` up to but without `to`. */
export interface Span {
  readonly from: number;
  readonly to: number;
}

/** A span of time as whole days, whole hours and what is left, each given by its number since 1970; `rest` in milliseconds. */
export interface ExpiryPieces {
  readonly days: readonly Span[];
  readonly hours: readonly Span[];
  readonly rest: readonly Span[];
}

// Beyond every time that can be stored, yet within what arithmetic and the database's integers can hold.
const EARLIEST_MS = -1_000_000 * DAY_MS;
const LATEST_MS = 10_000_000 * DAY_MS;

/**
 * Cuts a span into whole days, at most 2 × 23 hours and at most two rests shorter than an hour, so that what is counted by day
 * and by hour need not be counted row by row.
 * @param withHours false where only days are counted: then the rests are up to a day long
 */
export function cutExpirySpan(fromMs: number, toMs: number, withHours: boolean): ExpiryPieces {
  const span = { from: Math.max(fromMs, EARLIEST_MS), to: Math.min(toMs, LATEST_MS) };
  const byDay = cut(span, DAY_MS);
  if (!withHours) return { days: byDay.whole, hours: [], rest: byDay.rest };
  const byHour = byDay.rest.map((rest) => cut(rest, HOUR_MS));
  return { days: byDay.whole, hours: byHour.flatMap(({ whole }) => whole), rest: byHour.flatMap(({ rest }) => rest) };
}

function cut({ from, to }: Span, unitMs: number): { whole: Span[]; rest: Span[] } {
  if (from >= to) return { whole: [], rest: [] };
  const first = Math.ceil(from / unitMs);
  const last = Math.floor(to / unitMs);
  if (first >= last) return { whole: [], rest: [{ from, to }] };
  const rest = [
    { from, to: first * unitMs },
    { from: last * unitMs, to },
  ];
  return { whole: [{ from: first, to: last }], rest: rest.filter((piece) => piece.from < piece.to) };
}
