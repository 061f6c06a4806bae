import { defineConfig } from 'vitest/config';

/** Start the whole service or other processes, or wait for a queue. */
const service = [
  'tests/{service,contract,callbacks}/**/*.test.ts',
  'tests/{forwarding,list-memory,smoke,pass-through-local,queues-killed}.test.ts',
  'mocks/{prism,gewe/server,local-stack/poller}.test.ts',
  'tools/{cost,sealing-key}.test.ts',
];
/** Look at what `serverless package` makes. */
const packaging = ['tests/{template*,watch,pass-through-bundle,deploy-check}.test.ts'];

export default defineConfig({
  test: {
    maxWorkers: '100%',
    testTimeout: 60_000,
    hookTimeout: 60_000,
    restoreMocks: true,
    unstubEnvs: true,
    projects: [
      {
        extends: true,
        test: {
          name: 'unit',
          include: ['{functions,infra,lib,mocks,tests,tools}/**/*.test.ts'],
          // The files keep nothing in globals: one process for many saves half of the time.
          isolate: false,
          // The SDK's store of what an invocation knows is made once a process, by whoever asks first: let it be the kind that tells
          // concurrent invocations apart (mocks/local-stack/trace.ts).
          env: { AWS_LAMBDA_MAX_CONCURRENCY: '2' },
          exclude: ['**/node_modules/**', ...service, ...packaging],
        },
      },
      { extends: true, test: { name: 'service', include: service } },
      {
        extends: true,
        test: { name: 'packaging', include: packaging, globalSetup: ['tests/support/package-stages.ts'] },
      },
    ],
  },
});
