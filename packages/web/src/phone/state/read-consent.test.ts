import { createAuth } from '@weapp-auth/client'
import { createConsent } from '@weapp-auth/client/consent'
import { wxPlatform } from '@weapp-auth/client/wx'
import { createEmulator } from '@weapp-auth/emulator'
import { expect, test } from 'vitest'
import { readConsent } from './read-consent.ts'

const app = { appId: 'wx0000000000000001', secret: '0123456789abcdef0123456789abcdef', name: '茶馆', privacy: {} }

test('finds the consent that the client has made, and follows it', async () => {
  const emulator = createEmulator({ apps: [app], people: [{ id: 'lin', name: '林', phones: [] }] })
  const { wx } = emulator.wx('lin', app.appId)
  expect(readConsent(wx)).toBeNull()
  const auth = createAuth({ platform: wxPlatform(wx), appId: app.appId, baseUrl: 'http://127.0.0.1:8787' })
  const consent = createConsent({ auth, host: wx })
  expect(readConsent(wx)).toEqual({ step: 'unknown', guidelineName: '' })
  await consent.check()
  expect(readConsent(wx)).toEqual({ step: 'needed', guidelineName: '《茶馆小程序隐私保护指引》' })
})

test('before the launch there is none', () => {
  expect(readConsent()).toBeNull()
})
