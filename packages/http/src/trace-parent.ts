/** The four parts of version 00; a later version may add parts of its own (W3C Trace Context, §3.2 and §3.2.4). */
const FORM = /^([0-9a-f]{2})-([0-9a-f]{32})-([0-9a-f]{16})-[0-9a-f]{2}(-.{0,200})?$/;

/**
 * Checks a `traceparent` header.
 * @returns the header as it may be passed on and logged, or null when it is not of the W3C's form: it is dropped then
 */
export function readTraceParent(header: string | readonly string[] | undefined): string | null {
  const match = FORM.exec(typeof header === 'string' ? header : '');
  if (match === null) return null;
  const [whole, version = '', traceId = '', parentId = '', rest] = match;
  const isRefused = version === 'ff' || (version === '00' && rest !== undefined) || /^0+$/.test(traceId) || /^0+$/.test(parentId);
  return isRefused ? null : whole;
}
