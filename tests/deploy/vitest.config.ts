import { join } from 'node:path';
import { defineConfig } from 'vitest/config';

/** The acceptance suites against a deployed API; `tests/deploy/run.ts` says where it is. */
export default defineConfig({
  test: {
    root: join(import.meta.dirname, '../..'),
    include: ['tests/deploy/**/*.deployed.ts'],
    testTimeout: 90_000,
    hookTimeout: 60_000,
    fileParallelism: false,
  },
});
