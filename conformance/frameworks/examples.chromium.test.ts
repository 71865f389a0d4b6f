import { fileURLToPath } from 'node:url'
import { afterAll, describe } from 'vitest'
import { chromiumPhones } from './chromium/chromium-phone.ts'
import { tellScenarios } from './scenarios.ts'

const builds = [
  ['native', 'native/miniprogram'],
  ['uni-app (Vue 3)', 'uni-app/dist/build/mp-weixin'],
  ['Taro (React, Vite)', 'taro/dist/vite'],
  ['Taro (React, webpack 5)', 'taro/dist/webpack5'],
] as const

// Built by scripts/test-frameworks.mjs; without that there is nothing to run.
describe.runIf(process.env.WEAPP_AUTH_FRAMEWORKS).each(builds)(
  '%s in Chromium',
  { timeout: 60_000 },
  async (_, folder) => {
    if (!process.env.WEAPP_AUTH_FRAMEWORKS) return
    const phones = await chromiumPhones(fileURLToPath(new URL(`../../examples/${folder}`, import.meta.url)))
    afterAll(phones.close)
    // The native example reports counts of the phone button.
    tellScenarios(phones.open, { asks: folder.startsWith('native/') ? ['/v1/steps'] : [] })
  },
)
