import { Fault } from '@gatehouse/faults';
import { describe, expect, it } from '@jest/globals';
import { askTogether } from './ask-together.ts';

/** A database that the test lets answer: a statement gives each question back in capitals. */
function createStatements() {
  const begun: { readonly questions: readonly string[]; end(): void; fail(error: unknown): void }[] = [];
  const ask = askTogether(
    (questions: readonly string[]) =>
      new Promise<string[]>((resolve, reject) => {
        begun.push({ questions, end: () => resolve(questions.map((text) => text.toUpperCase())), fail: reject });
      }),
  );
  return { ask, begun, asked: () => begun.map(({ questions }) => questions.join('')) };
}

const turn = () => new Promise((resolve) => setImmediate(resolve));

describe('questions that are asked together', () => {
  it('two run at once, each alone; who comes meanwhile shares the next, and gets its own answer', async () => {
    const { ask, begun, asked } = createStatements();
    const answers = ['a', 'b', 'c', 'd', 'e'].map(ask);
    expect(asked()).toEqual(['a', 'b']);
    begun[1]?.end();
    await turn();
    expect(asked()).toEqual(['a', 'b', 'cde']);
    begun[0]?.end();
    begun[2]?.end();
    expect(await Promise.all(answers)).toEqual(['A', 'B', 'C', 'D', 'E']);
    void ask('f');
    expect(asked().at(-1)).toBe('f');
  });

  it('a crowd is answered by a hundred at a time', async () => {
    const { ask, begun, asked } = createStatements();
    const answers = Array.from({ length: 202 }, () => ask('x'));
    for (let index = 0; index < 4; index += 1) {
      begun[index]?.end();
      await turn();
    }
    expect(asked().map(({ length }) => length)).toEqual([1, 1, 100, 100]);
    expect(await Promise.all(answers)).toHaveLength(202);
  });

  it('when a statement fails for what it was asked, each question is asked alone and only the bad one fails', async () => {
    const ask = askTogether(async (questions: readonly string[]) => {
      await turn();
      if (questions.includes('bad')) throw new Fault('BAD_PARAMETER');
      return questions;
    });
    const outcomes = await Promise.allSettled(['a', 'b', 'c', 'bad', 'd'].map(ask));
    expect(outcomes.map(({ status }) => status)).toEqual(['fulfilled', 'fulfilled', 'fulfilled', 'rejected', 'fulfilled']);
  });

  it('without the database all who were in the statement fail at once, and the next is asked anew', async () => {
    const { ask, begun, asked } = createStatements();
    const outcomes = Promise.allSettled(['a', 'b', 'c', 'd'].map(ask));
    begun[0]?.end();
    begun[1]?.end();
    await turn();
    begun[2]?.fail(new Fault('DATABASE_DOWN'));
    expect((await outcomes).map(({ status }) => status)).toEqual(['fulfilled', 'fulfilled', 'rejected', 'rejected']);
    const next = ask('e');
    expect(asked()).toEqual(['a', 'b', 'cd', 'e']);
    begun[3]?.end();
    expect(await next).toBe('E');
  });
});
