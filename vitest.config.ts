import { defineConfig } from 'vitest/config';
import { BaseSequencer, type TestSpecification } from 'vitest/node';

/** Without a record of earlier runs Vitest begins with the largest files, and the longest would be left for the end, alone. */
const LONG = /\/(?:faults\/(?:processes|rooms|crash)|[\w-]+\.cluster|start)\.test\.ts$/;

class LongFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const sorted = await super.sort(files);
    const isLong = ({ moduleId }: TestSpecification) => LONG.test(moduleId);
    return [...sorted.filter(isLong), ...sorted.filter((file) => !isLong(file))];
  }
}

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
    sequence: { sequencer: LongFirst },
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
