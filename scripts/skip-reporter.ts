import type { Reporter, TestCase } from 'vitest/node';

/** Prints each test that was skipped, with its reason, which the default reporter keeps to itself. */
export default class SkipReporter implements Reporter {
  readonly #skipped: string[] = [];

  onTestCaseResult(test: TestCase): void {
    const result = test.result();
    if (result.state !== 'skipped') return;
    this.#skipped.push(`skipped  ${test.fullName}: ${result.note ?? 'no reason given'}`);
  }

  onTestRunEnd(): void {
    for (const line of this.#skipped) console.log(line);
  }
}
