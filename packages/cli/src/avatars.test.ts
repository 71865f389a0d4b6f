import { readdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { LoginAnswer, ProfileAnswer } from '@weapp-auth/protocol/contract'
import { expect, onTestFinished, test } from 'vitest'
import { temporaryFolder } from '../test/temporary-folder.ts'
import { demoApp } from './demo.ts'
import { readConfig } from './read-config.ts'
import { startDev } from './start-dev.ts'

test('an avatar is kept in the data folder and shown under the address of the server', async () => {
  const [data, phone] = [await temporaryFolder(), await temporaryFolder()]
  await writeFile(join(phone, 'index.html'), '<p>phone')
  const config = readConfig({ PORT: '0', EMULATOR_PORT: '0', WEAPP_DATA: data })
  const dev = await startDev(config, { phone, err: () => {}, out: () => {} })
  onTestFinished(() => dev.close())
  const { code } = await dev.emulator.wx('lin', demoApp.appId).wx.login()
  const login = await fetch(`${dev.url}/v1/login`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ appId: demoApp.appId, code, nonce: 'n'.repeat(16) }),
  })
  const { tokens } = (await login.json()) as LoginAnswer

  const body = new FormData()
  body.append('avatar', new File(['GIF89a'], 'face'))
  const headers = { authorization: `Bearer ${tokens.accessToken}` }
  const uploaded = await fetch(`${dev.url}/v1/profile/avatar`, { method: 'POST', headers, body })
  const { user } = (await uploaded.json()) as ProfileAnswer
  const shown = await fetch(user.profile.avatarUrl ?? '')
  expect([shown.headers.get('content-type'), await shown.text()]).toEqual(['image/gif', 'GIF89a'])
  expect(await readdir(join(data, 'avatars'))).toHaveLength(1)
})
