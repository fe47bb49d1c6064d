import { describe, expect, it } from '@jest/globals';
import { type JudgeFacts, judge, type KeyFacts, type VerdictCode } from './judge.ts';

const NOW = new Date('2026-01-10T00:00:00Z');
const PAST = new Date('2026-01-01T00:00:00Z');
const FUTURE = new Date('2026-02-01T00:00:00Z');

const KEY: KeyFacts = {
  isInvalidated: false,
  expiresAt: FUTURE,
  usedAt: PAST,
  oneTimeUse: false,
  expiryOnFirstUse: false,
  validityMinutes: null,
  noHwid: false,
  hwidLimit: 3,
  hwidCount: 1,
  isBound: true,
  fitsService: true,
  isMemberBanned: false,
};
const GOOD: JudgeFacts = { isAddressBanned: false, isHwidBanned: false, isKeyless: false, hwid: 'machine', key: KEY };

/** How each verdict comes about, the one that wins first. */
const RUNGS: readonly { readonly code: VerdictCode; readonly facts?: Partial<JudgeFacts>; readonly key?: Partial<KeyFacts> | null }[] = [
  { code: 'BANNED', facts: { isAddressBanned: true } },
  { code: 'HWID_BANNED', facts: { isHwidBanned: true } },
  { code: 'KEYLESS', facts: { isKeyless: true } },
  { code: 'KEY_NOT_FOUND', key: null },
  { code: 'SERVICE_MISMATCH', key: { fitsService: false } },
  { code: 'BANNED', key: { isMemberBanned: true } },
  { code: 'KEY_INVALIDATED', key: { isInvalidated: true } },
  { code: 'KEY_EXPIRED', key: { expiresAt: NOW } },
  { code: 'KEY_ALREADY_USED', key: { oneTimeUse: true } },
  { code: 'HWID_REQUIRED', facts: { hwid: null } },
  { code: 'HWID_MISMATCH', key: { isBound: false, hwidLimit: 1, hwidCount: 1 } },
  { code: 'HWID_LIMIT_REACHED', key: { isBound: false, hwidLimit: 3, hwidCount: 3 } },
];

function factsOf(...rungs: (typeof RUNGS)[number][]): JudgeFacts {
  const withoutKey = rungs.some(({ key }) => key === null);
  const key = withoutKey ? null : Object.assign({}, KEY, ...rungs.map((rung) => rung.key));
  return Object.assign({}, GOOD, ...rungs.map((rung) => rung.facts), { key });
}

describe('judge', () => {
  it.each(RUNGS)('$code holds alone and changes nothing', (rung) => {
    expect(judge(factsOf(rung), NOW)).toEqual({ code: rung.code, use: null });
  });

  const pairs = RUNGS.flatMap((first, index) => RUNGS.slice(index + 1).map((second) => [first, second] as const));
  // A machine that a seller refuses says nothing where there is neither seller nor key; the last two exclude each other.
  const possible = pairs.filter(
    ([first, second]) => !(first.code === 'HWID_BANNED' && second.key === null) && second.code !== 'HWID_LIMIT_REACHED',
  );
  it.each(possible.map(([first, second]) => [first.code, second.code, first, second] as const))(
    '%s wins over %s',
    (code, _, first, second) => {
      expect(judge(factsOf(first, second), NOW).code).toBe(code);
    },
  );

  it('a banned machine with an unknown key learns only that the key is unknown', () => {
    expect(judge({ ...GOOD, isHwidBanned: true, key: null }, NOW).code).toBe('KEY_NOT_FOUND');
  });

  const use = (key: Partial<KeyFacts>, facts: Partial<JudgeFacts> = {}) => judge({ ...GOOD, ...facts, key: { ...KEY, ...key } }, NOW);

  it('a bound machine of a used key changes nothing', () => {
    expect(use({})).toEqual({ code: 'KEY_VALID', use: null });
  });

  it.each([null, 0, 2])('a new machine is bound while the limit %s allows', (hwidLimit) => {
    expect(use({ isBound: false, hwidLimit })).toEqual({ code: 'KEY_VALID', use: { binds: true, usedAt: PAST, expiresAt: FUTURE } });
  });

  it('a machine bound before the limit was lowered stays good', () => {
    expect(use({ hwidLimit: 1, hwidCount: 3 }).code).toBe('KEY_VALID');
  });

  it('a key without HWID takes any machine, or none, and binds none', () => {
    expect(use({ noHwid: true, isBound: false, hwidLimit: 1, hwidCount: 1 })).toEqual({ code: 'KEY_VALID', use: null });
    expect(use({ noHwid: true, isBound: false }, { hwid: null })).toEqual({ code: 'KEY_VALID', use: null });
  });

  it('the first use starts a key that waits for it, and only the first', () => {
    const waiting = { usedAt: null, expiresAt: null, expiryOnFirstUse: true, validityMinutes: 60 };
    expect(use(waiting).use).toEqual({ binds: false, usedAt: NOW, expiresAt: new Date('2026-01-10T01:00:00Z') });
    expect(use({ ...waiting, validityMinutes: 0 }).use?.expiresAt).toBeNull();
    expect(use({ ...waiting, validityMinutes: null }).use?.expiresAt).toBeNull();
    expect(use({ ...waiting, expiresAt: FUTURE }).use?.expiresAt).toEqual(FUTURE);
    expect(use({ ...waiting, usedAt: PAST }).use).toBeNull();
    expect(use({ ...waiting, expiryOnFirstUse: false }).use?.expiresAt).toBeNull();
  });

  it('a one-time key is good exactly once', () => {
    expect(use({ oneTimeUse: true, usedAt: null })).toMatchObject({ code: 'KEY_VALID', use: { usedAt: NOW } });
    expect(use({ oneTimeUse: true }).code).toBe('KEY_ALREADY_USED');
  });
});
