import { fileURLToPath } from 'node:url'
import { describe } from 'vitest'
import { readOutput } from './read-output.ts'
import { wxmlReader } from './read-wxml.ts'
import { tellScenarios } from './scenarios.ts'
import { vmPhone } from './vm-phone.ts'

const output = fileURLToPath(new URL('../../examples/uni-app/dist/build/mp-weixin', import.meta.url))

// Built by scripts/test-frameworks.mjs; without that there is nothing to run.
describe.runIf(process.env.WEAPP_AUTH_FRAMEWORKS)('uni-app (Vue 3)', { timeout: 30_000 }, () => {
  if (!process.env.WEAPP_AUTH_FRAMEWORKS) return
  const files = readOutput(output)
  tellScenarios(vmPhone({ files, read: wxmlReader(files) }))
})
