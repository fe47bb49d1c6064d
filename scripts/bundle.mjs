// Makes one file of the standalone and the packages that it loads: Node would look for a thousand, which takes a third of a start.
import { readFile, rename, rm } from 'node:fs/promises';
import { dirname, join, relative, sep } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

const root = fileURLToPath(new URL('..', import.meta.url));
const folder = join(root, 'services/standalone/dist/bundle');

/** What is no file of ours. */
const PACKAGE = /^[^./]/;
/**
 * What stays where it is, beside what is only loaded when it is wanted: packages that look for files of their own, and those that
 * would be there twice, since one that is loaded when it is wanted asks for them too.
 */
const LEFT_ALONE = /^(@electric-sql\/pglite|@node-rs\/argon2|@prisma|pg)(\/|$)/;
/** @param {string} file */
const fromFolder = (file) => `./${relative(folder, file).split(sep).join('/')}`;

// Made beside it: a start finds the old one or the new one whole.
const made = `${folder}.new`;
await rm(made, { recursive: true, force: true });
await build({
  entryPoints: [join(root, 'services/standalone/dist/main.js')],
  outdir: made,
  bundle: true,
  splitting: true,
  platform: 'node',
  format: 'esm',
  target: 'node20.19',
  logLevel: 'warning',
  // Packages in CommonJS ask for Node's own modules at run time.
  banner: {
    js: "import { createRequire as createRequireOfBundle } from 'node:module'; const require = createRequireOfBundle(import.meta.url);",
  },
  plugins: [
    {
      name: 'leave alone',
      setup({ onResolve, resolve }) {
        onResolve({ filter: PACKAGE }, async ({ path, kind, resolveDir, pluginData }) => {
          const isLeftAlone = LEFT_ALONE.test(path) || (kind === 'dynamic-import' && !path.startsWith('@gatehouse/'));
          if (pluginData === 'found' || !isLeftAlone) return undefined;
          const found = await resolve(path, { kind, resolveDir, pluginData: 'found' });
          if (found.errors.length > 0) return { errors: found.errors };
          return found.external ? found : { path: fromFolder(found.path), external: true };
        });
      },
    },
    {
      // A module of ours that looks for files goes on from where it was compiled to.
      name: 'keep import.meta.url',
      setup({ onLoad }) {
        onLoad({ filter: /[\\/](packages|services)[\\/][^\\/]+[\\/]dist[\\/].*\.js$/ }, async ({ path }) => {
          const text = await readFile(path, 'utf8');
          const url = `new URL(${JSON.stringify(fromFolder(path))}, import.meta.url).href`;
          return { contents: text.replaceAll('import.meta.url', url), resolveDir: dirname(path), loader: 'js' };
        });
      },
    },
  ],
});
await rm(folder, { recursive: true, force: true });
await rename(made, folder);
