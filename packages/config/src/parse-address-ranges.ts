import { isIP } from 'node:net';

/** Names that proxy-addr knows for ranges: 127/8 and ::1, 169.254/16 and fe80::/10, the private networks. */
const NAMES: readonly string[] = ['loopback', 'linklocal', 'uniquelocal'];

/**
 * Checks a list of IP addresses, CIDR ranges and names of ranges, in the form that proxy-addr takes.
 * @throws When one of them is none of these, or is a range of everyone (`/0`): to trust that is to trust a forged header.
 */
export function parseAddressRanges(parts: readonly string[]): readonly string[] {
  for (const part of parts) {
    if (!NAMES.includes(part) && isIP(part) === 0 && !isRange(part)) throw new Error('not a list of addresses');
  }
  return Object.freeze([...parts]);
}

function isRange(text: string): boolean {
  const [address, bits, ...rest] = text.split('/');
  if (address === undefined || bits === undefined || rest.length > 0 || !/^\d{1,3}$/.test(bits)) return false;
  const family = isIP(address);
  return family !== 0 && Number(bits) >= 1 && Number(bits) <= (family === 4 ? 32 : 128);
}
