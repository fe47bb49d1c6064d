import { canonicalMac } from './mac-address.ts';

describe('canonicalMac', () => {
  it.each(['98:01:A7:CB:BB:00', '98-01-a7-cb-bb-00', '9801.a7cb.bb00', '9801-a7cb-bb00', '9801a7cbbb00'])('reads %s', (text) => {
    expect(canonicalMac(text)).toBe('98:01:A7:CB:BB:00');
  });

  it.each(['', '98:01:A7:CB:BB', '98:01-A7:CB:BB:00', '98:01:A7:CB:BB:0G', '98:01:A7:CB:BB:00:11', 'x98:01:A7:CB:BB:00'])(
    '%j is none',
    (text) => {
      expect(canonicalMac(text)).toBeNull();
    },
  );
});
