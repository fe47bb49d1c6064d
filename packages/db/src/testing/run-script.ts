import pg from 'pg';
import { connectionOf } from '../connection.ts';
import type { Database } from '../database.ts';

/** Runs several statements of SQL at once, which a `Database` does not do. */
export async function runScript(db: Database, script: string): Promise<void> {
  const connection = connectionOf(db);
  if (connection.kind === 'embedded') {
    await connection.pglite.exec(script);
    return;
  }
  const client = new pg.Client({ connectionString: connection.url });
  await client.connect();
  try {
    await client.query(script);
  } finally {
    await client.end();
  }
}
