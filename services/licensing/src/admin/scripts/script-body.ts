import Joi from 'joi';
import { idSchema, textSchema } from '../../fields.ts';
import type { ScriptRecord } from './scripts-repository.ts';

/** What operators write of a script. */
export interface ScriptFields {
  readonly name: string;
  readonly author_id?: number | null;
  readonly software_id?: number | null;
  readonly content?: string;
  readonly notes?: string;
  readonly core?: boolean;
  readonly forums?: string | null;
  readonly library?: boolean;
  readonly categories?: readonly string[];
  readonly team?: readonly number[];
}

const longText = () => Joi.string().allow('');

/** The schemas of {@link ScriptFields}. */
export const scriptFields = {
  name: textSchema(200),
  author_id: idSchema().allow(null),
  software_id: idSchema().allow(null).description('A software of the same seller'),
  content: longText(),
  notes: longText().max(10_000),
  core: Joi.boolean(),
  forums: textSchema(500).allow(null).description('Where it is talked about'),
  library: Joi.boolean(),
  categories: Joi.array().items(textSchema(100)).max(50).unique().description('Names; those that the seller does not have yet are made'),
  team: Joi.array().items(idSchema()).max(100).unique().description('Users who may update it beside its author'),
};

const listedSchema = {
  id: Joi.number().integer().required(),
  owner_id: Joi.number().integer().required(),
  author_id: Joi.number().integer().allow(null).required(),
  software_id: Joi.number().integer().allow(null).required(),
  name: Joi.string().required(),
  notes: Joi.string().allow('').required(),
  core: Joi.boolean().required(),
  forums: Joi.string().allow(null).required(),
  library: Joi.boolean().required(),
  categories: Joi.array()
    .items(Joi.object({ id: Joi.number().integer().required(), name: Joi.string().required() }))
    .required(),
  team: Joi.array().items(Joi.number().integer()).required(),
  created_at: Joi.date().iso().required(),
  updated_at: Joi.date().iso().required(),
};

/** A script in a list: without its source. */
export const listedScriptSchema = Joi.object(listedSchema);
/** A script by itself. */
export const scriptBodySchema = Joi.object({ ...listedSchema, content: Joi.string().allow('').required() });

/** A script of a list. */
export function toListedScript(script: ScriptRecord) {
  const { content: _content, ...listed } = script;
  return listed;
}
