import type { Reply } from '@gatehouse/http';
import Joi from 'joi';

/** 202 that says nothing else: what comes of it is told by mail to whom it concerns. */
export function accepted(): Reply {
  return { status: 202, body: { status: 'accepted' } };
}

/** The schema of what {@link accepted} answers. */
export const acceptedSchema = Joi.object({ status: Joi.string().valid('accepted').required() });
