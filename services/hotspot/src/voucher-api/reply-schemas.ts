import Joi from 'joi';

/** A text, or null where there is none yet. */
export function optionalText(): Joi.StringSchema {
  return Joi.string().allow(null).required();
}

/** A byte counter: digits in a string, as documented, since it may be longer than a number of JSON holds exactly. */
export function counterText(): Joi.StringSchema {
  return Joi.string().pattern(/^\d+$/).required();
}

/** A span of time such as `9h12m45s`. */
export function durationText(): Joi.StringSchema {
  return Joi.string()
    .pattern(/^\d+h\d\dm\d\ds$/)
    .required();
}
