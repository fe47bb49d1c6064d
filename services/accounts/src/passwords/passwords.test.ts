import { describe, expect, it } from '@jest/globals';
import { givenPasswordSchema, newPasswordSchema } from './password-schema.ts';
import { createPasswords } from './passwords.ts';

describe('passwords', () => {
  const passwords = createPasswords();

  it('a password is kept as argon2id with 19 MiB and a salt of its own', async () => {
    const [first, second] = await Promise.all([passwords.hash('correct horse battery'), passwords.hash('correct horse battery')]);
    expect(first).toMatch(/^\$argon2id\$v=19\$m=19456,t=2,p=1\$/);
    expect(first).not.toBe(second);
  });

  it('the right password passes and another does not', async () => {
    const hashed = await passwords.hash('correct horse battery');
    expect(await passwords.verify(hashed, 'correct horse battery')).toBe(true);
    expect(await passwords.verify(hashed, 'correct horse batterY')).toBe(false);
  });

  it('a password typed in another Unicode form is the same password', async () => {
    const hashed = await passwords.hash('na\u00efve caf\u00e9 password');
    expect(await passwords.verify(hashed, 'nai\u0308ve cafe\u0301 password')).toBe(true);
  });

  it('nobody has no password', async () => {
    expect(await passwords.verify(null, '')).toBe(false);
    expect(await passwords.verify(null, 'correct horse battery')).toBe(false);
  });

  it('a new password has 10 to 256 characters, counted as people count', () => {
    const isGood = (text: string) => newPasswordSchema().validate(text).error === undefined;
    expect([isGood('123456789'), isGood('1234567890'), isGood('x'.repeat(256)), isGood('x'.repeat(257))]).toEqual([
      false,
      true,
      true,
      false,
    ]);
    expect([isGood('🔑'.repeat(9)), isGood('🔑'.repeat(10)), isGood('🔑'.repeat(256))]).toEqual([false, true, true]);
  });

  it('whatever can be a new password can be given at sign-in', () => {
    expect(givenPasswordSchema().validate('🔑'.repeat(256)).error).toBeUndefined();
  });
});
