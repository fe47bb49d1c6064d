import { setImmediate } from 'node:timers/promises';
import { Fault } from '@gatehouse/faults';
import { WriteConflict } from './driver-fault.ts';

/** Questions that one statement answers: enough for any crowd, and few enough to be answered in milliseconds. */
const QUESTIONS_AT_MOST = 100;

interface Waiting<Question, Answer> {
  readonly question: Question;
  readonly resolve: (answer: Answer) => void;
  readonly reject: (error: unknown) => void;
}

/**
 * Lets questions that come while a statement for others of their kind runs share the next one. Under load a statement and its way
 * there and back are then paid once for many callers; a question that comes alone is asked at once. None is answered by a
 * statement that began before it was asked. Since all wait for each other, `ask` must not wait for locks that are held for
 * long.
 *
 * A statement that fails for what it was asked is sent again for each question alone, so nobody fails for what somebody else asked.
 * Without the database (DATABASE_DOWN) all who were in it fail, and nobody waits through a second failure.
 * @param ask answers questions by one statement, in their order; when it fails, nothing may have been changed
 */
export function askTogether<Question, Answer>(
  ask: (questions: readonly Question[]) => Promise<readonly Answer[]>,
): (question: Question) => Promise<Answer> {
  const waiting: Waiting<Question, Answer>[] = [];
  let running = false;

  async function answer(asked: readonly Waiting<Question, Answer>[]): Promise<void> {
    try {
      const answers = await ask(asked.map(({ question }) => question));
      if (answers.length !== asked.length) throw new Error(`${asked.length} questions got ${answers.length} answers`);
      for (const [index, { resolve }] of asked.entries()) resolve(answers[index] as Answer);
    } catch (error) {
      if (asked.length === 1 || isDown(error)) for (const { reject } of asked) reject(error);
      else await Promise.all(asked.map((one) => answer([one])));
    }
  }

  async function work(): Promise<void> {
    running = true;
    while (waiting.length > 0) {
      // What has arrived in the meantime is read first.
      await setImmediate();
      await answer(waiting.splice(0, QUESTIONS_AT_MOST));
    }
    running = false;
  }

  return (question) =>
    new Promise((resolve, reject) => {
      waiting.push({ question, resolve, reject });
      if (!running) void work();
    });
}

/** A deadlock undid the statement, and is none of most of those who were in it. */
function isDown(error: unknown): boolean {
  return error instanceof Fault && error.code === 'DATABASE_DOWN' && !(error instanceof WriteConflict);
}
