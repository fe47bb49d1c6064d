import { describe, expect, it } from '@jest/globals';
import { Ajv2020 } from 'ajv/dist/2020.js';
import formats from 'ajv-formats';
import Joi from 'joi';
import { toJsonSchema } from './json-schema.ts';

/** Whether joi and the JSON Schema made of it agree on a value. */
function agree(schema: Joi.Schema, value: unknown): boolean {
  const ajv = new Ajv2020({ strict: false });
  formats.default(ajv);
  const byJoi = schema.validate(value, { convert: false }).error === undefined;
  return ajv.validate(toJsonSchema(schema, 'input'), value) === byJoi;
}

const ROWS: readonly (readonly [what: string, schema: Joi.Schema, ...values: readonly unknown[]])[] = [
  ['a text', Joi.string().max(3), '', 'abc', 'abcd', 1, null],
  ['a text that may be empty or null', Joi.string().allow('', null), '', null, 1],
  ['one of a list, or null', Joi.string().valid('a', 'b').allow(null), 'a', null, 'c', ''],
  ['a constant', Joi.valid('ok'), 'ok', 'no', 1],
  ['an integer in bounds', Joi.number().integer().min(1).max(5).allow(null), 0, 1, 5, 6, 1.5, null, '1'],
  ['a pattern', Joi.string().pattern(/^\d+$/), '12', 'x'],
  ['a pattern of both cases', Joi.string().pattern(/^[a-f]+$/i), 'ab', 'AB'],
  ['a list', Joi.array().items(Joi.number()).max(2).unique(), [], [1, 2], [1, 1], [1, 2, 3], ['1']],
  ['a list of either', Joi.array().items(Joi.number().integer(), Joi.string()), [1, 'a'], [true]],
  ['an object', Joi.object({ a: Joi.string().required(), b: Joi.number() }), { a: 'x' }, { b: 1 }, { a: 'x', c: 1 }, {}],
  ['an object that takes more', Joi.object({ a: Joi.string() }).unknown(), { a: 'x', c: 1 }, {}, []],
  ['an object of numbers', Joi.object().pattern(/^x/, Joi.number()), { x1: 1 }, { x1: 'a' }, { y: 1 }],
  [
    'an object whose members are all there',
    Joi.object({ a: Joi.string(), b: Joi.number().optional() }).options({ presence: 'required' }),
    { a: 'x' },
    { b: 1 },
  ],
  [
    'lists and objects within such an object',
    Joi.object({ list: Joi.array().items(Joi.object({ a: Joi.string() })) }).options({ presence: 'required' }),
    { list: [] },
    { list: [{ a: 'x' }] },
    { list: [{}] },
    {},
  ],
];

describe('joi and the JSON Schema made of it agree on', () => {
  it.each(ROWS)('%s', (...row) => {
    const [, schema, ...values] = row;
    expect(values.filter((value) => !agree(schema, value))).toEqual([]);
  });
});

it('a member with a default may be left out of what is sent, and is always in what is answered', () => {
  const schema = Joi.object({ page: Joi.number().default(1) });
  expect(toJsonSchema(schema, 'input').required).toBeUndefined();
  expect(toJsonSchema(schema, 'output').required).toEqual(['page']);
});

it('descriptions and examples are kept', () => {
  expect(toJsonSchema(Joi.string().description('A name').example('ada'), 'input')).toMatchObject({
    description: 'A name',
    examples: ['ada'],
  });
});
