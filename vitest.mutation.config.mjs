/** The tests that prove one group of core modules; see stryker.config.mjs. What takes seconds by itself is left out. */
import { defineConfig } from 'vitest/config'
import { chosenModules } from './scripts/core-modules.mjs'

const conditions = ['@weapp-auth/source']

export default defineConfig({
  resolve: { conditions },
  ssr: { resolve: { conditions } },
  test: {
    include: chosenModules().tests,
    pool: 'threads',
    restoreMocks: true,
    // Instrumented code beside other work of the machine is slow.
    testTimeout: 60_000,
  },
})
