import { describe } from 'vitest'
import { launchInFunctions } from '../../test/launch-in-functions.ts'
import { testScenarios } from '../../test/scenarios.ts'
import { createHttpCloud } from './http-cloud.ts'

describe('in plain Node, with WeChat behind HTTP', () => {
  testScenarios({
    launch: launchInFunctions,
    runtime({ emulator }) {
      const storage = new Map<string, string>()
      return { cloud: createHttpCloud({ baseUrl: 'http://phone.test', fetch: emulator.fetch }), storage }
    },
  })
})
