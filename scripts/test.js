/**
 * All that must hold: format, lint, types, generated files, the schema, and the tests. Runs what is
 * left when something fails, prints what failed, and ends with `N passed, N failed, N skipped`.
 *
 * `npm test -- NAME …` runs only the checks whose name begins so, as in `npm test -- lint types`.
 */
import { spawn } from 'node:child_process';
import { mkdir, readFile, rm } from 'node:fs/promises';
import { join, relative } from 'node:path';
import { build } from './build.js';
import { requireNode } from './node-version.js';

requireNode();

const root = join(import.meta.dirname, '..');
const report = join(root, '.cache', 'vitest.json');

/** @type {Record<string, string[]>} each check with its command; the longest first, since two run at once */
const CHECKS = {
  'types of the web app': ['npm', 'run', '--silent', 'web:check'],
  lint: ['eslint', '.'],
  format: ['prettier', '--check', '--log-level', 'warn', '.'],
  types: ['tsc', '--project', '.'],
  'types of the client': ['tsc', '--project', 'client', '--noEmit'],
  'generated files': ['node', 'scripts/check-generated.ts'],
  'schema breaks': ['node', 'scripts/check-schema-breaks.ts'],
};
const VITEST = [
  ...['vitest', 'run', '--reporter=default', '--reporter=./scripts/skip-reporter.ts'],
  ...['--reporter=json', `--outputFile=${report}`],
];

const REASON_LENGTH = 600;
const CHECKS_AT_ONCE = 2;

const wanted = process.argv.slice(2);
const isWanted = (/** @type {string} */ name) =>
  wanted.length === 0 || wanted.some((prefix) => name.startsWith(prefix));

const totals = { passed: 0, failed: 0, skipped: 0 };
/** @type {string[]} */
const failures = [];

await mkdir(join(root, '.cache'), { recursive: true });
await build();
await runChecks(Object.entries(CHECKS).filter(([name]) => isWanted(name)));
if (isWanted('tests')) await runTests();

for (const failure of failures) console.log(`FAILED  ${failure}`);
console.log(`${totals.passed} passed, ${totals.failed} failed, ${totals.skipped} skipped`);
process.exitCode = totals.failed > 0 ? 1 : 0;

/** @param {[string, string[]][]} checks */
async function runChecks(checks) {
  const work = async () => {
    for (let check; (check = checks.shift());) await runCheck(...check);
  };
  await Promise.all(Array.from({ length: CHECKS_AT_ONCE }, work));
}

/** @param {string} name @param {string[]} command */
async function runCheck(name, command) {
  const started = performance.now();
  const { passed, output } = await run(command, 'pipe');
  totals[passed ? 'passed' : 'failed']++;
  if (!passed) failures.push(name);
  console.log(`${output}${passed ? 'ok' : 'FAILED'}  ${name} (${seconds(started)} s)`);
}

async function runTests() {
  await rm(report, { force: true });
  const { passed } = await run(VITEST, 'inherit');
  const results = await readFile(report, 'utf8').then(JSON.parse, () => null);
  if (results) {
    totals.passed += results.numPassedTests;
    totals.failed += results.numFailedTests;
    totals.skipped += results.numPendingTests + results.numTodoTests;
  }
  // A file that does not load, or an error outside of all tests, counts as a failure of its own.
  if (!passed && !results?.numFailedTests) totals.failed++;
  if (!passed) failures.push('tests', ...failedTests(results));
}

/** @param {any} results of Vitest; null where it wrote none @returns {string[]} the files and names of what failed, and why */
function failedTests(results) {
  return (results?.testResults ?? []).flatMap(
    (/** @type {any} */ { name, status, message, assertionResults }) => {
      const failed = assertionResults.filter((/** @type {any} */ test) => test.status === 'failed');
      const file = relative(root, name);
      if (failed.length > 0) {
        return failed.map(
          (/** @type {any} */ test) =>
            `${file} > ${test.fullName}: ${reason(test.failureMessages[0])}`,
        );
      }
      return status === 'failed' ? [`${file}: ${reason(message)}`] : [];
    },
  );
}

/** @param {string} [message] of an error, with its stack @returns {string} its beginning, in one line */
function reason(message = '') {
  return message.replaceAll(/\s+/g, ' ').trim().slice(0, REASON_LENGTH);
}

/**
 * @param {string[]} command @param {'inherit' | 'pipe'} output where it goes: straight on, or into the result
 * @returns {Promise<{ passed: boolean, output: string }>}
 */
function run([program, ...args], output) {
  return new Promise((resolve, reject) => {
    const child = spawn(/** @type {string} */ (program), args, {
      cwd: root,
      stdio: ['ignore', output, output],
      env: { ...process.env, PATH: `${join(root, 'node_modules/.bin')}:${process.env['PATH']}` },
    });
    /** @type {Buffer[]} */
    const pieces = [];
    for (const stream of [child.stdout, child.stderr])
      stream?.on('data', (piece) => pieces.push(piece));
    child
      .on('error', reject)
      .on('close', (code) =>
        resolve({ passed: code === 0, output: Buffer.concat(pieces).toString() }),
      );
  });
}

/** @param {number} since */
function seconds(since) {
  return ((performance.now() - since) / 1000).toFixed(1);
}
