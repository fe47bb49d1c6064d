import { isIP } from 'node:net';
import ipaddr from 'ipaddr.js';

/** Who is at the other end, as far as the network tells. */
export interface Caller {
  /** Canonical address: IPv6 in RFC 5952 form, `::ffff:a.b.c.d` as `a.b.c.d`. */
  readonly address: string;
  /** What limits and bans count by: the IPv4 address, or the IPv6 /64 (`2001:db8:1:2::/64`). */
  readonly network: string;
  /** A private or loopback peer sent forwarded headers without being a declared proxy: it may stand for many callers. */
  readonly undeclaredProxy: boolean;
}

/**
 * Puts an address into its one canonical form.
 * @returns null when the text is no IP address
 */
export function canonicalAddress(text: string): string | null {
  // Those of IPv4 have one form only.
  if (isIP(text) === 4) return text;
  const address = parse(text);
  return address === null ? null : address.toString();
}

/** Describes the caller at `address` (see {@link Caller}). Text that is no address is counted as `unknown`. */
export function describeCaller(text: string, undeclaredProxy = false): Caller {
  if (isIP(text) === 4) return { address: text, network: text, undeclaredProxy };
  const address = parse(text);
  if (address === null) return { address: 'unknown', network: 'unknown', undeclaredProxy };
  return { address: address.toString(), network: networkOf(address), undeclaredProxy };
}

/** Whether an address is private, loopback or link-local: not one of the public internet. */
export function isPrivateAddress(text: string): boolean {
  const range = parse(text)?.range();
  return range === 'private' || range === 'loopback' || range === 'uniqueLocal' || range === 'linkLocal' || range === 'carrierGradeNat';
}

/**
 * Whether an address lies in one of the networks.
 * @param networks addresses or CIDRs, of either family
 */
export function inNetworks(text: string, networks: readonly string[]): boolean {
  const address = parse(text);
  if (address === null) return false;
  return networks.some((network) => {
    const [base, length] = parseNetwork(network) ?? [null, 0];
    return base !== null && base.kind() === address.kind() && address.match(base, length);
  });
}

/** Whether the text is an address or a CIDR. */
export function isNetwork(text: string): boolean {
  return parseNetwork(text) !== null;
}

function parse(text: string): ipaddr.IPv4 | ipaddr.IPv6 | null {
  // `%eth0` is the sender's own business: a zone says nothing to us.
  const bare = text.replace(/%.*$/, '');
  // Asked first, since ipaddr.js makes and drops an error for each text that is no IPv4 address: a tenth of what a RADIUS report cost.
  const family = isIP(bare);
  if (family === 4) return ipaddr.IPv4.parse(bare);
  return family === 6 && ipaddr.IPv6.isValid(bare) ? ipaddr.process(bare) : null;
}

function parseNetwork(text: string): [ipaddr.IPv4 | ipaddr.IPv6, number] | null {
  const single = parse(text);
  if (single !== null) return [single, single.kind() === 'ipv4' ? 32 : 128];
  return ipaddr.isValidCIDR(text) ? ipaddr.parseCIDR(text) : null;
}

function networkOf(address: ipaddr.IPv4 | ipaddr.IPv6): string {
  if (address.kind() === 'ipv4') return address.toString();
  const head = address.toByteArray().map((byte, index) => (index < 8 ? byte : 0));
  return `${ipaddr.fromByteArray(head).toString()}/64`;
}
