/** The clocks of one place: its local times as the document writes them, and back. */
export interface TimeZone {
  /** `2025-01-17 10:00:00` on the clocks of the place. */
  format(date: Date): string;
  /**
   * Reads `YYYY-MM-DD HH:MM:SS` on the clocks of the place. A time that comes twice, when clocks go back, is the first of the two.
   * @returns `malformed`: another form, or a day or time that no calendar has; `skipped`: clocks were put forward over it
   */
  read(text: string): Date | 'malformed' | 'skipped';
  /** The hour of the day there, 0 to 23. */
  hour(date: Date): number;
}

const zones = new Map<string, TimeZone>();

/**
 * Opens a time zone by its IANA name. Remembered: making one costs more than using it.
 * @throws RangeError when there is no such zone
 */
export function openTimeZone(name: string): TimeZone {
  const known = zones.get(name);
  if (known !== undefined) return known;
  const zone = createTimeZone(name);
  zones.set(name, zone);
  return zone;
}

/** Whether the name is one of the IANA time zones; bare offsets such as `+02:00` know no change of clocks and are not. */
export function isTimeZone(name: string): boolean {
  if (!/^[A-Za-z][\w+/-]*$/.test(name)) return false;
  try {
    openTimeZone(name);
    return true;
  } catch {
    return false;
  }
}

const LOCAL_TIME = /^(\d{4})-(\d{2})-(\d{2}) (\d{2}):(\d{2}):(\d{2})$/;
/** Clocks are changed at whole quarters of an hour, and between two of them an offset stays what it is. */
const QUARTER_MS = 15 * 60 * 1000;
const DAY_MS = 24 * 60 * 60 * 1000;
/** Offsets remembered at most: a year of a list's times is 35,000 quarters. */
const LONGEST_MEMORY = 50_000;

function createTimeZone(name: string): TimeZone {
  const format = new Intl.DateTimeFormat('en-US', {
    timeZone: name,
    hourCycle: 'h23',
    year: 'numeric',
    month: 'numeric',
    day: 'numeric',
    hour: 'numeric',
    minute: 'numeric',
    second: 'numeric',
  });
  // Intl takes microseconds a date, which a list of a million rows would feel.
  const offsets = new Map<number, number>();

  function offsetMs(atMs: number): number {
    const quarter = Math.floor(atMs / QUARTER_MS);
    const known = offsets.get(quarter);
    if (known !== undefined) return known;
    if (offsets.size >= LONGEST_MEMORY) offsets.clear();
    const offset = readOffset(format, quarter * QUARTER_MS);
    offsets.set(quarter, offset);
    return offset;
  }

  return {
    format: (date) => new Date(date.getTime() + offsetMs(date.getTime())).toISOString().slice(0, 19).replace('T', ' '),
    hour: (date) => new Date(date.getTime() + offsetMs(date.getTime())).getUTCHours(),
    read(text) {
      const localMs = readLocalMs(text);
      if (localMs === null) return 'malformed';
      // No zone changes its clocks twice in two days: the offsets before and after are the ones it can be.
      const candidates = [offsetMs(localMs - DAY_MS), offsetMs(localMs + DAY_MS)].map((offset) => ({ offset, atMs: localMs - offset }));
      const found = candidates.filter(({ offset, atMs }) => offsetMs(atMs) === offset).map(({ atMs }) => atMs);
      return found.length === 0 ? 'skipped' : new Date(Math.min(...found));
    },
  };
}

function readOffset(format: Intl.DateTimeFormat, atMs: number): number {
  const parts = Object.fromEntries(format.formatToParts(atMs).map(({ type, value }) => [type, Number(value)]));
  const { year = 0, month = 1, day = 1, hour = 0, minute = 0, second = 0 } = parts;
  return Date.UTC(year, month - 1, day, hour, minute, second) - atMs;
}

/** The text as if its clocks were UTC's, in milliseconds; years 1970 to 9998. */
function readLocalMs(text: string): number | null {
  const match = LOCAL_TIME.exec(text);
  if (match === null) return null;
  const [year = 0, month = 0, day = 0, hour = 0, minute = 0, second = 0] = match.slice(1).map(Number);
  const date = new Date(Date.UTC(year, month - 1, day, hour, minute, second));
  const exists = date.toISOString() === `${text.replace(' ', 'T')}.000Z`;
  return exists && year >= 1970 && year <= 9998 ? date.getTime() : null;
}
