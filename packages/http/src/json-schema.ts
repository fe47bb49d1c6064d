import type Joi from 'joi';

/** A JSON Schema of draft 2020-12, the one that OpenAPI 3.1 takes. */
export type JsonSchema = Readonly<Record<string, unknown>>;

/** Whether what a client sends is described, or what it gets: a member with a default is always there in what it gets. */
export type JsonSchemaMode = 'input' | 'output';

/** Turns a joi schema into JSON Schema, by joi's own converter; what that one leaves out or gets wrong is put right. */
export function toJsonSchema(schema: Joi.Schema, mode: JsonSchemaMode): JsonSchema {
  const converted = schema['~standard'].jsonSchema[mode]({ target: 'draft-2020-12' });
  return mend(converted, schema.describe(), false);
}

/** Joi's description of a schema, as far as it is read here. */
interface Description {
  readonly type?: string;
  readonly flags?: { readonly presence?: string };
  readonly preferences?: { readonly presence?: string };
  readonly keys?: Readonly<Record<string, Description>>;
  readonly items?: readonly Description[];
  readonly examples?: readonly unknown[];
  readonly rules?: readonly { readonly name: string; readonly args?: { readonly regex?: unknown } }[];
}

/**
 * @param required whether members are required unless they say otherwise, by `options({ presence: 'required' })` of this schema
 *   or of one around it, which joi's converter does not look at
 */
function mend(schema: JsonSchema, description: Description, required: boolean): JsonSchema {
  const { preferences, keys = {}, items = [], examples } = description;
  const areRequired = preferences?.presence === undefined ? required : preferences.presence === 'required';
  return {
    ...withoutCasePatterns(schema, description),
    ...(examples === undefined ? {} : { examples }),
    ...mendEnum(schema),
    ...mendMembers(schema, keys, areRequired),
    ...(items.length === 1 && items[0] !== undefined && isSchema(schema.items) ? { items: mend(schema.items, items[0], areRequired) } : {}),
  };
}

/** An enum that takes null must say so: joi's converter says it in the type only. */
function mendEnum({ enum: values, type }: JsonSchema): JsonSchema {
  const isNullable = Array.isArray(type) && type.includes('null');
  return Array.isArray(values) && isNullable && !values.includes(null) ? { enum: [...values, null] } : {};
}

function mendMembers({ properties }: JsonSchema, keys: Readonly<Record<string, Description>>, areRequired: boolean): JsonSchema {
  if (!isSchema(properties)) return {};
  const members = Object.entries(properties).map(([name, member]) => [name, mend(toSchema(member), keys[name] ?? {}, areRequired)]);
  if (!areRequired) return { properties: Object.fromEntries(members) };
  const named = Object.keys(keys).filter((name) => keys[name]?.flags?.presence !== 'optional');
  return { properties: Object.fromEntries(members), required: named.sort() };
}

/** JSON Schema's patterns know no flags: one that takes both cases would be described as taking one, so it is left out. */
function withoutCasePatterns(schema: JsonSchema, { rules = [] }: Description): JsonSchema {
  if (!rules.some(({ args }) => typeof args?.regex === 'string' && /\/[a-z]*i[a-z]*$/.test(args.regex))) return schema;
  const { pattern: _, ...rest } = schema;
  return rest;
}

function toSchema(value: unknown): JsonSchema {
  return isSchema(value) ? value : {};
}

function isSchema(value: unknown): value is JsonSchema {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
