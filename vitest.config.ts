import { fileURLToPath } from 'node:url'
import { defineConfig } from 'vitest/config'

const conditions = ['@weapp-auth/source']
const alias = [
  { find: /^fast-check$/, replacement: fileURLToPath(new URL('./scripts/seeded-fast-check.mjs', import.meta.url)) },
]

export default defineConfig({
  resolve: { conditions, alias },
  ssr: { resolve: { conditions } },
  test: {
    include: [
      'packages/*/src/**/*.test.ts',
      'packages/*/build/**/*.test.ts',
      'packages/*/test/**/*.test.ts',
      'conformance/**/*.test.ts',
      'bench/src/**/*.test.ts',
      'scripts/**/*.test.mjs',
    ],
    exclude: ['**/node_modules/**', '**/dist/**'],
    pool: 'threads',
    restoreMocks: true,
    // In CI, whose machines are shared: what failed is tried once more, and printed as `(retry x1)`.
    retry: process.env.WEAPP_AUTH_RETRY ? 1 : 0,
    globalSetup: ['packages/server/test/services/global-setup.ts'],
  },
})
