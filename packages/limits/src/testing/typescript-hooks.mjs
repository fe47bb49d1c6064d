// Lets a test start a TypeScript file as a process of its own, without a build:
// node --conditions=source --import ./typescript-hooks.mjs file.ts
import { readFile } from 'node:fs/promises';
import { register } from 'node:module';
import { fileURLToPath } from 'node:url';

if (!import.meta.url.includes('?hooks')) register(`${import.meta.url}?hooks`);

/** Node's load hook: types are stripped by swc, as in Jest. */
export async function load(url, context, nextLoad) {
  if (!url.endsWith('.ts')) return nextLoad(url, context);
  const { transform } = await import('@swc/core');
  const source = await readFile(fileURLToPath(url), 'utf8');
  const options = { swcrc: false, jsc: { target: 'es2023', parser: { syntax: 'typescript' }, transform: { verbatimModuleSyntax: true } } };
  const { code } = await transform(source, options);
  return { format: 'module', source: code, shortCircuit: true };
}
