import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** @type {(() => Promise<void> | void)[]} */
const tasks = [];
let isEnding = false;

/** A folder for logs and settings of this run, gone at its end. */
export const scratch = mkdtempSync(join(tmpdir(), 'gatehouse-bench-'));

/**
 * Notes what has to be done at the end of the run, however it ends; last noted, first done.
 * @param {() => Promise<void> | void} task
 */
export function atEnd(task) {
  tasks.push(task);
}

/** Does all of it, once. */
export async function cleanUp() {
  if (isEnding) return;
  isEnding = true;
  for (const task of tasks.reverse()) {
    try {
      await task();
    } catch (error) {
      console.error(`bench: cleaning up: ${error instanceof Error ? error.message : error}`);
    }
  }
  rmSync(scratch, { recursive: true, force: true });
}

for (const signal of /** @type {const} */ (['SIGINT', 'SIGTERM'])) {
  process.once(signal, () => void cleanUp().finally(() => process.exit(130)));
}
