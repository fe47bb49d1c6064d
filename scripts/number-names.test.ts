import { describe, expect, it } from '@jest/globals';
import { numberNames } from '../packages/db/scripts/number-names.mjs';

/** A description in Prisma's form. */
function describeQueries(names: readonly string[], graph: readonly number[]): string {
  const strings = JSON.stringify(JSON.stringify(names));
  return `config.parameterizationSchema = {\n  strings: JSON.parse(${strings}),\n  graph: "${Buffer.from(graph).toString('base64url')}"\n}\n`;
}

function readDescription(source: string): { names: string[]; graph: number[] } {
  const [, names = '', graph = ''] = /JSON\.parse\((".*")\),\s*graph: "(.*)"/.exec(source) ?? [];
  return { names: JSON.parse(JSON.parse(names)), graph: [...Buffer.from(graph, 'base64url')] };
}

describe('numberNames', () => {
  it('moves the numbers of names, and no other number', () => {
    // One input node with two members, one output node with one, one query.
    const input = [2, /* where */ 0, 1, 2, /* no node */ 0, /* no enumeration */ 0, 9, /* kind */ 1, 3, 4, 1, /* Kind */ 3, 8];
    const output = [1, /* kind */ 1, 0, 0];
    const queries = [/* User.findOne */ 3, 1, 1];
    const source = `before\n${describeQueries(['where', 'kind', 'Kind', 'User.findOne'], [1, 1, 1, ...input, ...output, ...queries])}after\n`;

    const { names, graph } = readDescription(numberNames(source));

    expect(names.slice(0, 1_024).every((name) => name === '')).toBe(true);
    expect(names.slice(1_024)).toEqual(['where', 'kind', 'Kind', 'User.findOne']);
    // 1,024 in groups of 7 bits: 0x80 0x08, with the number itself in the lowest bits.
    const movedInput = [2, 0x80, 8, 1, 2, 0, 0, 9, 0x81, 8, 3, 4, 1, 0x83, 8, 8];
    expect(graph).toEqual([1, 1, 1, ...movedInput, 1, 0x81, 8, 0, 0, 0x83, 8, 1, 1]);
  });

  it('leaves the rest of the source as it is', () => {
    const source = `const before = "$&";\n${describeQueries(['a'], [0, 0, 0])}after\n`;
    expect(numberNames(source)).toMatch(/^const before = "\$&";\n.*\n}\nafter\n$/s);
  });

  it('refuses what has another form', () => {
    expect(() => numberNames('config.parameterizationSchema = {}')).toThrow('in another way');
    expect(() => numberNames(describeQueries(['a'], [0, 0, 0, 7]))).toThrow('in another form');
  });
});
