import { readFileSync } from 'node:fs';

/** Variables of the environment, as `process.env` has them. */
export type Environment = Readonly<Record<string, string | undefined>>;

/** The text of a variable and what to call it in a sentence, or why it cannot be had. */
export type Found = { readonly text: string; readonly source: string } | { readonly mistake: string };

/**
 * Reads `NAME`, or the file that `NAME_FILE` names, without the white space around it. Empty counts as not set: that is
 * how compose files pass on what the user left out.
 * @returns `undefined` when neither is set. Never throws; never shows the value or the path, which may be the secret by mistake.
 */
export function readVariable(environment: Environment, name: string): Found | undefined {
  const text = environment[name]?.trim() || undefined;
  const file = environment[`${name}_FILE`]?.trim() || undefined;
  if (text !== undefined && file !== undefined) return { mistake: `${name} and ${name}_FILE are both set: keep one of them.` };
  if (file !== undefined) return readSettingFile(name, file);
  return text === undefined ? undefined : { text, source: name };
}

function readSettingFile(name: string, file: string): Found {
  try {
    const text = readFileSync(file, 'utf8').trim();
    if (text === '') return { mistake: `${name}_FILE names a file that is empty.` };
    return { text, source: `${name} (read from ${name}_FILE)` };
  } catch (error) {
    return { mistake: `${name}_FILE names a file that cannot be read (${readCode(error)}).` };
  }
}

/** The code of a system error (`ENOENT`), for a sentence. */
export function readCode(error: unknown): string {
  // Not by instanceof: Node's own errors belong to another realm when a test runner isolates modules.
  const hasCode = typeof error === 'object' && error !== null && 'code' in error && typeof error.code === 'string';
  return hasCode ? String(error.code) : 'unknown error';
}
