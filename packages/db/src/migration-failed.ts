/** A migration that could not be applied. Nothing of it, nor of those after it, is in the database. */
export class MigrationFailed extends Error {
  override readonly name = 'MigrationFailed';
  /** The folder's name in `prisma/migrations`. */
  readonly migration: string;

  constructor(migration: string, cause: unknown) {
    super(`The migration ${migration} failed: ${cause instanceof Error ? cause.message : String(cause)}`, { cause });
    this.migration = migration;
  }
}
