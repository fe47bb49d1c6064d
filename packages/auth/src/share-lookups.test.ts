import { setImmediate as nextTurn } from 'node:timers/promises';
import { describe, expect, it } from '@jest/globals';
import { shareLookups } from './share-lookups.ts';

/** A look-up that the test lets end: each is numbered from 1 as it begins. */
function createLookup() {
  const begun: { readonly key: string; end(): void; fail(): void }[] = [];
  const lookup = (key: string) =>
    new Promise<number>((resolve, reject) => {
      const number = begun.length + 1;
      begun.push({ key, end: () => resolve(number), fail: () => reject(new Error(`failed ${number}`)) });
    });
  return { begun, ask: shareLookups(lookup) };
}

const turn = () => new Promise((resolve) => setImmediate(resolve));

describe('look-ups that are shared', () => {
  it('who asks while one runs shares the next, which begins after they asked', async () => {
    const { begun, ask } = createLookup();
    const first = ask('a');
    const waiting = Array.from({ length: 100 }, () => ask('a'));
    await turn();
    expect(begun).toHaveLength(1);
    begun[0]?.end();
    expect(await first).toBe(1);
    await turn();
    const late = ask('a');
    begun[1]?.end();
    expect(new Set(await Promise.all(waiting))).toEqual(new Set([2]));
    await turn();
    begun[2]?.end();
    expect([await late, begun.length]).toEqual([3, 3]);
  });

  it('once all have ended the next begins at once', async () => {
    const { begun, ask } = createLookup();
    for (const number of [1, 2, 3]) {
      const asked = ask('a');
      expect(begun).toHaveLength(number);
      begun[number - 1]?.end();
      expect(await asked).toBe(number);
    }
  });

  it('different keys do not wait for each other', () => {
    const { begun, ask } = createLookup();
    void ask('a');
    void ask('b');
    expect(begun.map(({ key }) => key)).toEqual(['a', 'b']);
  });

  it('when one fails those who wait fail with it, and the next to ask begins anew', async () => {
    const { begun, ask } = createLookup();
    const outcomes = Promise.allSettled([ask('a'), ask('a'), ask('a')]);
    begun[0]?.fail();
    expect((await outcomes).map(({ status }) => status)).toEqual(['rejected', 'rejected', 'rejected']);
    const again = ask('a');
    expect(begun).toHaveLength(2);
    begun[1]?.end();
    expect(await again).toBe(2);
  });

  it('a failure of the next one is told to those who wait for it, and to nobody else', async () => {
    const { begun, ask } = createLookup();
    const unhandled: unknown[] = [];
    const note = (reason: unknown) => void unhandled.push(reason);
    process.on('unhandledRejection', note);
    const outcomes = Promise.allSettled([ask('a'), ask('a')]);
    begun[0]?.end();
    await nextTurn();
    begun[1]?.fail();
    expect((await outcomes).map(({ status }) => status)).toEqual(['fulfilled', 'rejected']);
    await nextTurn();
    process.off('unhandledRejection', note);
    expect(unhandled).toEqual([]);
  });
});
