import { describe, expect, it } from '@jest/globals';
import { canonicalAddress, describeCaller, inNetworks, isNetwork, isPrivateAddress } from './caller.ts';

describe('describeCaller', () => {
  it.each([
    ['203.0.113.7', '203.0.113.7', '203.0.113.7'],
    ['::ffff:203.0.113.7', '203.0.113.7', '203.0.113.7'],
    ['2001:DB8:1:2:3:4:5:6', '2001:db8:1:2:3:4:5:6', '2001:db8:1:2::/64'],
    ['2001:db8:1:2:ffff::1', '2001:db8:1:2:ffff::1', '2001:db8:1:2::/64'],
    ['fe80::1%eth0', 'fe80::1', 'fe80::/64'],
    ['not an address', 'unknown', 'unknown'],
  ])('%s counts as one caller', (text, address, network) => {
    expect(describeCaller(text)).toEqual({ address, network, undeclaredProxy: false });
  });

  it.each(['1', '0x7f.1', '127.1', '', '1.2.3.4.5', '01.2.3.4', '1.2.3.256', '::1::'])('%s is no address', (text) =>
    expect(canonicalAddress(text)).toBeNull(),
  );

  it.each([
    ['10.1.2.3', true],
    ['127.0.0.1', true],
    ['::1', true],
    ['fd00::1', true],
    ['8.8.8.8', false],
    ['2001:db8::1', false],
  ])('%s is private: %s', (text, expected) => expect(isPrivateAddress(text)).toBe(expected));
});

describe('inNetworks', () => {
  it('matches addresses of either family in addresses and CIDRs', () => {
    expect(inNetworks('192.168.4.5', ['10.0.0.0/8', '192.168.0.0/16'])).toBe(true);
    expect(inNetworks('::ffff:10.0.0.1', ['10.0.0.0/8'])).toBe(true);
    expect(inNetworks('2001:db8::1', ['10.0.0.0/8', '2001:db8::/32'])).toBe(true);
    expect(inNetworks('8.8.8.8', ['10.0.0.0/8', '::/0'])).toBe(false);
    expect(inNetworks('rubbish', ['0.0.0.0/0'])).toBe(false);
    expect(['10.0.0.0/33', 'x', '10.0.0.0/8', '::1'].map(isNetwork)).toEqual([false, false, true, true]);
  });
});
