import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { sliceMember } from './slice-member.ts';

describe('sliceMember', () => {
  it.each([
    ['{"value":1.0}', '1.0'],
    ['{ "a": {"value": 2}, "value" : [1, {"value": 3}] , "b": 0}', '[1, {"value": 3}]'],
    ['{"value":1,"value":12345678901234567890}', '12345678901234567890'],
    ['{"v\\u0061lue":{"x":"}\\\\\\""}}', '{"x":"}\\\\\\""}'],
    ['{"a":"value","value":"\\",:{"}', '"\\",:{"'],
    ['{"a":"value"}', undefined],
    ['{}', undefined],
  ])('finds the text of the value in %s', (json, text) => {
    expect(sliceMember(json, 'value')).toBe(text);
  });

  it('finds what JSON.parse finds, in any document', () => {
    fc.assert(
      fc.property(
        fc.dictionary(fc.oneof(fc.constant('value'), fc.string()), fc.jsonValue()),
        fc.integer({ min: 0, max: 3 }),
        (document, indent) => {
          const found = sliceMember(JSON.stringify(document, null, indent), 'value');
          expect(found === undefined ? undefined : JSON.parse(found)).toEqual(JSON.parse(JSON.stringify(document)).value);
        },
      ),
    );
  });
});
