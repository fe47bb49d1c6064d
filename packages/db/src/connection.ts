import type { PGlite } from '@electric-sql/pglite';

/** What stands behind a `Database`, for the parts of this package that work beside Prisma. */
export type Connection = { readonly kind: 'postgres'; readonly url: string } | { readonly kind: 'embedded'; readonly pglite: PGlite };

const connections = new WeakMap<object, Connection>();

/** Remembers what `database` stands on. */
export function rememberConnection(database: object, connection: Connection): void {
  connections.set(database, connection);
}

/** @throws Error when `database` was not opened here (a transaction's, say) */
export function connectionOf(database: object): Connection {
  const connection = connections.get(database);
  if (connection === undefined) throw new Error('This is not a database that openDatabase() returned.');
  return connection;
}
