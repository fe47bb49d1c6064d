import Joi from 'joi';

/** Where a page stands in its list (keys.md). */
export interface Pagination {
  readonly page: number;
  readonly limit: number;
  readonly total: number;
  readonly pages: number;
}

/** @param total how many rows the whole list has */
export function paginate(page: number, limit: number, total: number): Pagination {
  return { page, limit, total, pages: Math.ceil(total / limit) };
}

/** {@link Pagination} in a reply. */
export const paginationSchema = Joi.object({
  page: Joi.number().integer().required(),
  limit: Joi.number().integer().required(),
  total: Joi.number().integer().required(),
  pages: Joi.number().integer().required(),
});
