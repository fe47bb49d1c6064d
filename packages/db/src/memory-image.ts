import { existsSync } from 'node:fs';
import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { MemoryFS, PGlite } from '@electric-sql/pglite';

/** What an image holds: its first line, in JSON, before the files' bytes one after another. Paths begin with a slash. */
interface Contents {
  readonly folders: readonly string[];
  readonly files: readonly { readonly path: string; readonly bytes: number }[];
}

/** Writes the directory of a closed database into one file that {@link createImageFilesystem} reads. */
export async function writeMemoryImage(directory: string, target: string): Promise<void> {
  const folders: string[] = [];
  const files: { path: string; content: Uint8Array }[] = [];
  const walk = async (folder: string) => {
    for (const entry of await readdir(join(directory, folder), { withFileTypes: true })) {
      const path = `${folder}/${entry.name}`;
      if (entry.isDirectory()) {
        folders.push(path);
        await walk(path);
      } else {
        files.push({ path, content: await readFile(join(directory, path)) });
      }
    }
  };
  await walk('');
  const contents: Contents = { folders, files: files.map(({ path, content }) => ({ path, bytes: content.byteLength })) };
  await writeFile(target, Buffer.concat([Buffer.from(`${JSON.stringify(contents)}\n`), ...files.map(({ content }) => content)]));
}

/**
 * PGlite's filesystem in memory with what an image holds; without an image it is empty, and PGlite makes a new database. PGlite's
 * own `loadDataDir` takes several times as long for the same: it reads a tar byte by byte, looks up each folder for each file, and
 * copies every file twice.
 */
export async function createImageFilesystem(image: string): Promise<MemoryFS> {
  if (!existsSync(image)) return new MemoryFS();
  const bytes = await readFile(image);
  const start = bytes.indexOf('\n') + 1;
  const contents: Contents = JSON.parse(bytes.toString('utf8', 0, start));
  // Not a Buffer, whose slices are views: the database may write into these bytes, which nobody else has.
  return new ImageFilesystem(contents, new Uint8Array(bytes.buffer, bytes.byteOffset + start, bytes.byteLength - start));
}

class ImageFilesystem extends MemoryFS {
  #image: { readonly contents: Contents; readonly bytes: Uint8Array } | undefined;

  constructor(contents: Contents, bytes: Uint8Array) {
    super();
    this.#image = { contents, bytes };
  }

  /** PGlite calls it before it looks whether there is a database. */
  override async initialSyncFs(): Promise<void> {
    const fs = this.pg?.Module.FS;
    if (fs === undefined || this.#image === undefined) throw new Error('PGlite calls it once, when it starts.');
    const { contents, bytes: all } = this.#image;
    // From here on the bytes are the database's, and go when it is closed.
    this.#image = undefined;
    const root = PGlite.paths.PGDATA;
    fs.mkdirTree(root, 0o700);
    for (const folder of contents.folders) fs.mkdir(root + folder);
    let start = 0;
    for (const { path, bytes } of contents.files) {
      fs.writeFile(root + path, all.subarray(start, start + bytes), { canOwn: true });
      start += bytes;
    }
  }
}
