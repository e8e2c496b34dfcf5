import { defineConfig } from 'vitest/config';

/** Without `development`: graphql would be loaded twice, so by Vite and otherwise by Node. */
const ssr = { resolve: { conditions: ['module', 'module-sync', 'node'] } };

const common = {
  globalSetup: ['api/test/postgres.ts'],
  // Two cores: more workers only wait for each other.
  maxWorkers: 2,
  testTimeout: 30_000,
  hookTimeout: 60_000,
  // On a machine that has much else to do.
  expect: { poll: { timeout: 10_000 } },
};

export default defineConfig({
  test: {
    projects: [
      {
        ssr,
        test: {
          ...common,
          name: 'api',
          include: ['{api,bench,client,faults,scripts,text}/**/*.test.ts', 'web/src/**/*.test.ts'],
        },
      },
      {
        ssr,
        test: {
          ...common,
          name: 'browser',
          include: ['web/e2e/**/*.test.ts'],
          // Each drives a browser of its own, which takes a core and a half.
          fileParallelism: false,
          testTimeout: 120_000,
        },
      },
    ],
  },
});
