// @vitest-environment jsdom
import { describe, expect, test } from 'vitest'
import { launchInFunctions } from '../../test/launch-in-functions.ts'
import { testScenarios } from '../../test/scenarios.ts'
import { createHttpCloud } from './http-cloud.ts'
import { webStorage } from './web-storage.ts'

/** What jsdom adds to Node. */
const page = globalThis as unknown as { document: { createElement(name: string): object }; localStorage: Storage }
type Storage = Parameters<typeof webStorage>[0] & { clear(): void }

test('is a page', () => {
  expect(page.document.createElement('div')).toHaveProperty('tagName', 'DIV')
})

describe('in jsdom, with WeChat behind HTTP and the storage of the page', () => {
  testScenarios({
    launch: launchInFunctions,
    runtime({ emulator }) {
      page.localStorage.clear()
      return {
        cloud: createHttpCloud({ baseUrl: 'http://phone.test', fetch: emulator.fetch }),
        storage: webStorage(page.localStorage, 'tea/'),
      }
    },
  })
})
