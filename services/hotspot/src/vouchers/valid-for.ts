/** The document's 65 values of `valid_for`, in its order. */
export const VALID_FOR_VALUES: readonly string[] = [
  'always',
  '1 hour',
  ...range(2, 23).map((hours) => `${hours} hours`),
  '1 day',
  ...range(2, 30).map((days) => `${days} days`),
  ...[35, 40, 45, 50, 55, 60, 90, 120, 150, 180, 365].map((days) => `${days} days`),
];

const HOUR_SECONDS = 3600;

/**
 * How long a voucher lasts from its first login on.
 * @param validFor one of {@link VALID_FOR_VALUES}
 * @returns seconds (a day is 24 hours, whatever the clocks do), or null: for always
 * @throws RangeError when it is none of the values
 */
export function validForSeconds(validFor: string): number | null {
  if (!VALID_FOR_VALUES.includes(validFor)) throw new RangeError('not a value of valid_for');
  if (validFor === 'always') return null;
  const count = Number.parseInt(validFor, 10);
  return validFor.includes('hour') ? count * HOUR_SECONDS : count * 24 * HOUR_SECONDS;
}

function range(first: number, last: number): number[] {
  return Array.from({ length: last - first + 1 }, (_, index) => first + index);
}
