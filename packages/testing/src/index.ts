export { type BulkClient, type Cells, createBulkClient } from './bulk-client.ts';
export { startTestService, type TestService, type TestServiceOptions } from './start-test-service.ts';
export { createTestClock, type TestClock } from './test-clock.ts';
export { ADMIN_TOKEN, createTestDeps, INTERNAL_SECRET, type TestDeps, type TestDepsOptions } from './test-deps.ts';
