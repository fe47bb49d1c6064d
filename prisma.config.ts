import { defineConfig } from 'prisma/config';

/** For the Prisma command line only; the project itself migrates through `packages/db` and reads no address here. */
export default defineConfig({
  schema: 'prisma/schema',
  migrations: { path: 'prisma/migrations' },
});
