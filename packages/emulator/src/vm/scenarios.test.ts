import { describe } from 'vitest'
import { testScenarios } from '../../test/scenarios.ts'
import { runMiniProgram } from './run-mini-program.ts'

describe('in a Node vm', () => {
  testScenarios({ launch: (files, runtime) => runMiniProgram({ files, runtime }), runtime: () => ({}) })
})
