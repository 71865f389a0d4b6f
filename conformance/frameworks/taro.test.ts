import { fileURLToPath } from 'node:url'
import { describe } from 'vitest'
import { readOutput } from './read-output.ts'
import { taroReader } from './read-taro.ts'
import { tellScenarios } from './scenarios.ts'
import { vmPhone } from './vm-phone.ts'

// Built by scripts/test-frameworks.mjs; without that there is nothing to run.
describe.runIf(process.env.WEAPP_AUTH_FRAMEWORKS).each(['vite', 'webpack5'])(
  'Taro (React, %s)',
  { timeout: 30_000 },
  runner => {
    if (!process.env.WEAPP_AUTH_FRAMEWORKS) return
    const files = readOutput(fileURLToPath(new URL(`../../examples/taro/dist/${runner}`, import.meta.url)))
    const read = taroReader(files['base.wxml'] ?? '')
    tellScenarios(vmPhone({ files, read: ({ page }) => read(Object(page.data)) }))
  },
)
