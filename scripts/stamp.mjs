import { createHash } from 'node:crypto';
import { mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

const SKIPPED = new Set(['node_modules', 'dist', '.git', '.cache']);

/**
 * Remembers by a fingerprint of its inputs that a step was done, so that the next start does not repeat it.
 * @param {string} file Where the fingerprint is kept.
 * @param {string} fingerprint What the step depends on, taken before the step reads its inputs.
 */
export function openStamp(file, fingerprint) {
  return {
    matches: () => readOptional(file)?.toString() === fingerprint,
    write() {
      mkdirSync(dirname(file), { recursive: true });
      writeFileSync(file, fingerprint);
    },
    drop: () => rmSync(file, { force: true }),
  };
}

/**
 * A fingerprint of texts and of the content of files; a file that is missing counts as empty.
 * @param {string} root What the files are relative to.
 * @param {{texts?: readonly string[], files?: readonly string[]}} inputs
 */
export function fingerprint(root, { texts = [], files = [] }) {
  const hash = createHash('sha256');
  for (const text of texts) hash.update(`${text}\0`);
  for (const file of files)
    hash
      .update(`${file}\0`)
      .update(readOptional(join(root, file)) ?? '')
      .update('\0');
  return hash.digest('hex');
}

/**
 * All files below a folder, as sorted paths relative to the root; none when it does not exist.
 * Folders of tools (`node_modules`, `dist`, `.git`, `.cache`) are left out.
 * @param {string} root
 * @param {string} folder
 * @returns {string[]}
 */
export function listFiles(root, folder) {
  return listFolder(root, folder).flatMap((entry) => {
    const path = `${folder}/${entry.name}`;
    if (entry.isDirectory()) return SKIPPED.has(entry.name) ? [] : listFiles(root, path);
    return entry.isFile() ? [path] : [];
  });
}

/**
 * The entries of a folder, sorted by name; none when it does not exist.
 * @param {string} root
 * @param {string} folder
 */
export function listFolder(root, folder) {
  try {
    return readdirSync(join(root, folder), { withFileTypes: true }).sort((a, b) => (a.name < b.name ? -1 : 1));
  } catch (error) {
    if (readCode(error) === 'ENOENT') return [];
    throw error;
  }
}

/**
 * Path, size and time of change of files: a cheap stand-in for their content where there are many.
 * @param {string} root
 * @param {readonly string[]} files
 */
export function describeFiles(root, files) {
  return files.map((file) => {
    const { size, mtimeMs } = statSync(join(root, file));
    return `${file}:${size}:${mtimeMs}`;
  });
}

/**
 * The code of a system error (`ENOENT`).
 * @param {unknown} error
 */
export function readCode(error) {
  return typeof error === 'object' && error !== null && 'code' in error ? error.code : undefined;
}

/** @param {string} file */
function readOptional(file) {
  try {
    return readFileSync(file);
  } catch (error) {
    if (readCode(error) === 'ENOENT') return undefined;
    throw error;
  }
}
