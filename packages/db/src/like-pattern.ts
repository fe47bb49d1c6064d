/**
 * The pattern that finds `part` anywhere in a text, whatever characters it holds.
 *
 * Statements with LIKE are planned for the pattern that they come with (`nameStatement` gives them no name), so a part of three
 * characters or more goes through the trigram index, and a shorter one, which that index would only slow down, does not.
 * @example db.query`SELECT id FROM licence_keys WHERE user_id = ${userId} AND key_value LIKE ${likePattern(part.toUpperCase())}`
 */
export function likePattern(part: string): string {
  return `%${part.replace(/[\\%_]/g, '\\$&')}%`;
}
