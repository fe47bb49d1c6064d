import { readFileSync } from 'node:fs';

/**
 * What is read here of Jest's `--json`.
 * @typedef {{numPassedTests: number, numFailedTests: number, numPendingTests: number, numTotalTests: number,
 *   numPassedTestSuites: number, numFailedTestSuites: number, numTotalTestSuites: number,
 *   testResults: {name: string, status: string, assertionResults: {status: string, fullName: string}[]}[]}} JestReport
 */
/** @typedef {{title: string, passed: number, failed: number, lines: string[]}} Report */

/**
 * Prints the sums of Jest reports, a block a report and last of all `N passed, N failed`. Call: `TITLE=FILE…`.
 * A suite that could not be loaded counts as a failed test: its tests are missing from the numbers.
 * The exit code is 1 when anything failed, or when a report is missing or holds no test that passed.
 * @param {readonly string[]} args
 */
function summarizeTests(args) {
  const reports = args.map((arg) => readReport(arg.slice(0, arg.indexOf('=')), arg.slice(arg.indexOf('=') + 1)));
  for (const { title, lines } of reports) console.log([title, ...lines.map((line) => `  ${line}`)].join('\n'));
  const passed = sum(reports, 'passed');
  const failed = sum(reports, 'failed');
  if (failed > 0 || reports.some((report) => report.passed === 0)) process.exitCode = 1;
  console.log(`${passed} passed, ${failed} failed`);
}

/**
 * @param {string} title
 * @param {string} file
 * @returns {Report}
 */
function readReport(title, file) {
  /** @type {JestReport} */
  let report;
  try {
    report = JSON.parse(readFileSync(file, 'utf8'));
  } catch {
    return { title, passed: 0, failed: 0, lines: ['No report: the suites did not run to their end.'] };
  }
  const { numPassedTests, numFailedTests, numPendingTests, numTotalTests, numPassedTestSuites, numFailedTestSuites, numTotalTestSuites } =
    report;
  const broken = report.testResults.filter((suite) => suite.status === 'failed' && suite.assertionResults.length === 0);
  const failing = report.testResults.flatMap((suite) => suite.assertionResults.filter((test) => test.status === 'failed'));
  return {
    title,
    passed: numPassedTests,
    failed: numFailedTests + broken.length,
    lines: [
      `Test Suites: ${numFailedTestSuites} failed, ${numPassedTestSuites} passed, ${numTotalTestSuites} total`,
      `Tests:       ${numFailedTests} failed, ${numPendingTests} skipped, ${numPassedTests} passed, ${numTotalTests} total`,
      ...(numTotalTests === 0 ? ['No test ran.'] : []),
      ...broken.map((suite) => `did not load: ${suite.name.replace(`${process.cwd()}/`, '')}`),
      ...failing.map((test) => `failed: ${test.fullName}`),
    ],
  };
}

/**
 * @param {readonly Report[]} reports
 * @param {'passed' | 'failed'} property
 */
function sum(reports, property) {
  return reports.reduce((total, report) => total + report[property], 0);
}

summarizeTests(process.argv.slice(2));
