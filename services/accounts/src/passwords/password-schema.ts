import Joi from 'joi';

const SHORTEST = 10;
const LONGEST = 256;

/** A new password: at least 10 characters (native.md), of any kind; 256 at most, so that nobody keeps us hashing. */
export function newPasswordSchema(): Joi.StringSchema {
  return Joi.string()
    .custom((text: string, helpers) => {
      // Code points: what people count as characters, unlike the halves that JavaScript counts.
      const length = [...text].length;
      if (length < SHORTEST) return helpers.error('string.min', { limit: SHORTEST });
      return length > LONGEST ? helpers.error('string.max', { limit: LONGEST }) : text;
    })
    .description(`${SHORTEST} to ${LONGEST} characters`);
}

/** A password that is to be compared: any text that could be one. */
export function givenPasswordSchema(): Joi.StringSchema {
  return Joi.string().max(2 * LONGEST);
}
