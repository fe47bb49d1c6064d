/**
 * The PostgreSQL server that the suites of this package run on, or undefined for the embedded database. Here, below
 * `packages/config`, only tests look at the environment.
 */
export const testServerUrl: string | undefined = process.env.TEST_DATABASE_URL || undefined;
