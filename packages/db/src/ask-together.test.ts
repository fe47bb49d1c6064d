import { setImmediate } from 'node:timers/promises';
import { Fault } from '@gatehouse/faults';
import { describe, expect, it } from '@jest/globals';
import { askTogether } from './ask-together.ts';
import { WriteConflict } from './driver-fault.ts';

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

/** Until a statement that can begin has begun. */
async function turn(): Promise<void> {
  await setImmediate();
  await setImmediate();
}

describe('questions that are asked together', () => {
  it('who comes while one runs shares the next, which begins after they asked, and gets its own answer', async () => {
    const { ask, begun, asked } = createStatements();
    const first = ask('a');
    await turn();
    const answers = ['b', 'c', 'd', 'e'].map(ask);
    await turn();
    expect(asked()).toEqual(['a']);
    begun[0]?.end();
    expect(await first).toBe('A');
    await turn();
    expect(asked()).toEqual(['a', 'bcde']);
    begun[1]?.end();
    expect(await Promise.all(answers)).toEqual(['B', 'C', 'D', 'E']);
    void ask('f');
    await turn();
    expect(asked().at(-1)).toBe('f');
  });

  it('a crowd is answered by a hundred at a time', async () => {
    const { ask, begun, asked } = createStatements();
    const answers = Array.from({ length: 201 }, () => ask('x'));
    for (let index = 0; index < 3; index += 1) {
      await turn();
      begun[index]?.end();
      await turn();
    }
    expect(asked().map(({ length }) => length)).toEqual([100, 100, 1]);
    expect(await Promise.all(answers)).toHaveLength(201);
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

  it('a deadlock is tried again for each alone', async () => {
    const ask = askTogether(async (questions: readonly string[]) => {
      if (questions.length > 1) throw new WriteConflict(new Error('deadlock detected'));
      return questions;
    });
    expect(await Promise.all(['a', 'b', 'c'].map(ask))).toEqual(['a', 'b', 'c']);
  });

  it('without the database all who were in the statement fail at once, and the next is asked anew', async () => {
    const { ask, begun, asked } = createStatements();
    const outcomes = Promise.allSettled(['a', 'b'].map(ask));
    await turn();
    begun[0]?.fail(new Fault('DATABASE_DOWN'));
    expect((await outcomes).map(({ status }) => status)).toEqual(['rejected', 'rejected']);
    const next = ask('e');
    await turn();
    expect(asked()).toEqual(['ab', 'e']);
    begun[1]?.end();
    expect(await next).toBe('E');
  });
});
