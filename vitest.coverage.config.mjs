/**
 * `npm run test:coverage`: which branches of the server the tests of protocol, server and cli walk. It needs Postgres,
 * MariaDB and Redis, as CI does: without them their stores count as not tested.
 */
import { defineConfig } from 'vitest/config'
import { coreModules } from './scripts/core-modules.mjs'
import { slowTests } from './scripts/slow-tests.mjs'
import base from './vitest.config.ts'

/** Of the whole server: what was measured, so that it grows and does not shrink. The aim is 95. */
const serverBranches = 89

const everyBranch = coreModules.flatMap(({ modules }) => modules).map(module => [module, { branches: 100 }])

export default defineConfig({
  ...base,
  test: {
    ...base.test,
    include: ['packages/{protocol,server}/{src,test}/**/*.test.ts', 'packages/cli/src/**/*.test.ts'],
    // What is tested at length is walked by shorter tests too.
    exclude: [...(base.test?.exclude ?? []), '**/*.fuzz.test.ts', '**/*-sweep.test.ts', ...slowTests],
    coverage: {
      provider: 'v8',
      include: ['packages/server/src/**/*.ts', 'packages/protocol/src/wechat/*.ts'],
      exclude: ['**/*.test.ts', '**/*.d.ts'],
      reporter: ['json', 'json-summary', 'text-summary'],
      thresholds: { ...Object.fromEntries(everyBranch), 'packages/server/src/**/*.ts': { branches: serverBranches } },
    },
  },
})
