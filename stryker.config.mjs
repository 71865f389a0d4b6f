/**
 * Mutation testing of the core modules, run by `npm run test:mutation`. One group at a time, with the tests that prove
 * it, on memory and SQLite: no database is started.
 */
import { chosenModules } from './scripts/core-modules.mjs'

const { id, modules } = chosenModules()

export default {
  testRunner: 'vitest',
  plugins: ['@stryker-mutator/vitest-runner'],
  vitest: { configFile: 'vitest.mutation.config.mjs', related: true },
  mutate: modules,
  coverageAnalysis: 'perTest',
  concurrency: 2,
  timeoutMS: 10_000,
  thresholds: { high: 95, low: 90, break: 90 },
  // The other packages and their tsconfig are not there in the sandbox, so that of the root must not be either.
  ignorePatterns: [
    '/*',
    '!/package.json',
    '!/tsconfig.base.json',
    '!/vitest.mutation.config.mjs',
    '!/scripts',
    '/scripts/*',
    '!/scripts/core-modules.mjs',
    '!/packages',
    '/packages/*',
    '!/packages/protocol',
    '!/packages/server',
  ],
  reporters: ['clear-text', 'json', 'progress-append-only'],
  clearTextReporter: { allowColor: false, allowEmojis: false, logTests: false, reportTests: false },
  jsonReporter: { fileName: `reports/mutation-${id}.json` },
}
