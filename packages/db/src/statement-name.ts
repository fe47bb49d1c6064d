const names = new Map<string, string>();
const NAMES_AT_MOST = 300;
/** Searches and lists are planned for the values they are asked with; a plan made for any value can be far slower. */
const PLANNED_ANEW = /\bI?LIKE\b|\bORDER BY\b|\bCOUNT\(|\bunnest\(/i;

/** How a statement begins that is planned once although its text would say otherwise: it goes by the same indexes whatever its values. */
const PLANNED_ONCE = '/* planned once */';

/**
 * The name under which PostgreSQL keeps a statement's plan, so that hot statements are planned once a connection; empty (no name)
 * for those that are better planned each time, and when there are many different ones already (a server keeps each for good).
 * A hot statement that sorts or counts but goes by the same indexes always begins with a comment that says so: `PLANNED_ONCE`.
 */
export function nameStatement({ sql }: { readonly sql: string }): string {
  const known = names.get(sql);
  if (known !== undefined) return known;
  if (names.size >= NAMES_AT_MOST) return '';
  if (!sql.trimStart().startsWith(PLANNED_ONCE) && (sql.length > 4_000 || PLANNED_ANEW.test(sql))) return '';
  const name = `gh${names.size}`;
  names.set(sql, name);
  return name;
}
