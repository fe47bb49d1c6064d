/**
 * Puts a MAC address into the document's form, `98:01:A7:CB:BB:00`. Takes what access points and routers send:
 * `98-01-a7-cb-bb-00`, `9801.a7cb.bb00`, `9801a7cbbb00`.
 * @returns null when the text is no MAC address
 */
export function canonicalMac(text: string): string | null {
  // What most of them send, and the cheaper for it.
  if (/^[0-9a-f]{2}([:-])[0-9a-f]{2}(?:\1[0-9a-f]{2}){4}$/i.test(text)) return text.toUpperCase().replaceAll('-', ':');
  const isMac = /^[0-9a-f]{4}([.-])[0-9a-f]{4}\1[0-9a-f]{4}$/i.test(text) || /^[0-9a-f]{12}$/i.test(text);
  if (!isMac) return null;
  const pairs = text
    .toUpperCase()
    .replace(/[^0-9A-F]/g, '')
    .match(/../g);
  return pairs === null ? null : pairs.join(':');
}
