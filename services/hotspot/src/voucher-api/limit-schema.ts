import Joi from 'joi';

/** The largest limit of the document, in MB: 9 TiB. */
export const MAX_LIMIT_MB = 9_437_184;

/**
 * A limit in whole MB, as a number or as its digits. Out of the documented bounds it is unlimited, which null stands for.
 * @returns the schema of a number from 1 to 9437184, or null
 */
export function limitSchema(): Joi.Schema<number | null> {
  return Joi.any().custom((value: unknown, helpers) => {
    const isNumber = typeof value === 'number' || (typeof value === 'string' && /^[+-]?\d+(\.\d*)?$/.test(value));
    const megabytes = Number(value);
    if (isNumber && !(megabytes >= 1 && megabytes <= MAX_LIMIT_MB)) return null;
    return isNumber && Number.isInteger(megabytes) ? megabytes : helpers.message({ custom: 'must be a whole number of MB' });
  });
}

/** A limit as `create_voucher` echoes it: a string, `"0"` for unlimited. */
export function echoLimit(megabytes: number | null): string {
  return String(megabytes ?? 0);
}
