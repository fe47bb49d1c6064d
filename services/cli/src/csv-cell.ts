// What spreadsheets take for a formula (OWASP, CSV Injection), the wide forms of East Asian keyboards too.
const FORMULA = /^'*[=+\-@\t\r\n＝＋－＠]/;

/**
 * A cell that no spreadsheet takes for a formula: one that begins like one gets an apostrophe in front. So does one that begins with
 * apostrophes before that, or it would lose one when it is read back.
 */
export function toSafeCell(value: unknown): string {
  if (value === null || value === undefined) return '';
  const text = String(value);
  return FORMULA.test(text) ? `'${text}` : text;
}

/** Reads a cell that {@link toSafeCell} wrote, or that a person did. */
export function fromSafeCell(text: string): string {
  return text.startsWith("'") && FORMULA.test(text.slice(1)) ? text.slice(1) : text;
}
