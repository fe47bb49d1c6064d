import { FAULT_CODES, Fault, toProblem } from '@gatehouse/faults';
import { expect, it } from '@jest/globals';
import { Ajv2020 } from 'ajv/dist/2020.js';
import formats from 'ajv-formats';
import { DIALECTS } from './route.ts';

it.each(DIALECTS)('every fault reads in $name as its schema of errors says', ({ envelope, errorSchema }) => {
  const ajv = new Ajv2020({ strict: true, allErrors: true });
  formats.default(ajv);
  const validate = ajv.compile(errorSchema);
  const options = { detail: 'A sentence.', details: [{ path: 'page', message: 'must be a number' }], reason: 'KEY_EXPIRED' };
  const bodies = FAULT_CODES.flatMap((code) => [new Fault(code), new Fault(code, options)].map((fault) => envelope(toProblem(fault)).body));
  expect(bodies.filter((body) => !validate(body))).toEqual([]);
});
