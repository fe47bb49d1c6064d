import Joi from 'joi';

/** The schema of a path with `:name`: what plans and tariffs are known by. */
export const nameParams = Joi.object<{ readonly name: string }>({
  name: Joi.string()
    .max(50)
    .pattern(/^[a-z0-9][a-z0-9_-]*$/)
    .required()
    .description('Small letters, digits, - and _'),
});

/** The schema of a short list that comes whole, in the form of all lists. */
export function wholeListSchema(item: Joi.Schema): Joi.ObjectSchema {
  return Joi.object({ items: Joi.array().items(item).required(), next_cursor: Joi.valid(null).required() });
}

/** A short list, whole. */
export function wholeList<Item>(items: readonly Item[]) {
  return { items, next_cursor: null };
}
