import { WechatFault } from '@weapp-auth/protocol/wechat'
import { expect, test } from 'vitest'
import { openComponentServer } from '../../test/open-component-server.ts'
import type { AuthorizationOutcome } from '../ports/wechat-platform.ts'

const refused: AuthorizationOutcome = { status: 'refused', errcode: 61009 }

test('a code is exchanged once, and what it brings is kept sealed', async () => {
  const opened = openComponentServer()
  opened.answers.push(opened.granted('refreshtoken@@@1'))
  expect((await opened.pushAuthorized('code-1')).status).toBe(200)
  expect((await opened.pushAuthorized('code-1')).status).toBe(200)
  expect([await opened.server.work(), opened.asked]).toEqual([1, ['code-1']])
  expect(await opened.grants.readRefreshToken(opened.appId)).toBe('refreshtoken@@@1')
  const sealed = Buffer.from((await opened.row())?.sealed ?? []).toString('latin1')
  expect(sealed).not.toContain('refreshtoken')
  expect(await opened.audited()).toMatchObject([{ act: 'component-authorized', result: 'kept' }])
})

test('while WeChat cannot be asked the code is tried again, and the merchant need not come back', async () => {
  const opened = openComponentServer()
  opened.answers.push(new WechatFault('unavailable', { api: 'queryAuth' }), opened.granted('refreshtoken@@@1'))
  await opened.pushAuthorized('code-1')
  await opened.server.work()
  expect(opened.events.some(event => event.type === 'job-failed')).toBe(true)
  opened.time.now += 60_000
  await opened.server.work()
  expect(await opened.grants.readRefreshToken(opened.appId)).toBe('refreshtoken@@@1')
})

test('a code that is worth nothing ends its job, and the audit log says why', async () => {
  const opened = openComponentServer()
  opened.answers.push(refused)
  await opened.pushAuthorized('code-1')
  expect([await opened.server.work(), await opened.server.work()]).toEqual([1, 0])
  expect(await opened.row()).toBeNull()
  expect(await opened.audited()).toMatchObject([{ result: 'errcode 61009' }])
})

test('a process that died between the grant and the end of its job has lost nothing', async () => {
  const opened = openComponentServer()
  await opened.pushAuthorized('code-1')
  await opened.store.writeGrant({ ...opened.place, sealed: new Uint8Array([1]), at: opened.time.now })
  opened.answers.push(refused)
  await opened.server.work()
  expect(await opened.audited()).toMatchObject([{ result: 'kept' }])
})

test('a withdrawal that overtakes its authorization counts', async () => {
  const opened = openComponentServer()
  await opened.pushAuthorized('code-1')
  opened.time.now += 1000
  expect((await opened.pushUnauthorized()).status).toBe(200)
  opened.answers.push(opened.granted('refreshtoken@@@1'))
  await opened.server.work()
  expect(await opened.grants.readRefreshToken(opened.appId)).toBeNull()
  expect(await opened.audited()).toMatchObject([{ act: 'component-unauthorized' }, { result: 'outdated' }])
})

test('a code that stands for another app grants nothing', async () => {
  const opened = openComponentServer()
  opened.answers.push({ status: 'ok', authorization: { appId: 'wx-of-somebody', refreshToken: 'r' } })
  await opened.pushAuthorized('code-1')
  await opened.server.work()
  expect(await opened.row()).toBeNull()
  expect(opened.events.some(event => event.type === 'job-failed')).toBe(true)
})

test('of two instances that renew one refresh token, the later one does not undo the other', async () => {
  const opened = openComponentServer()
  opened.answers.push(opened.granted('first'))
  await opened.pushAuthorized('code-1')
  await opened.server.work()
  const { grants, appId } = opened
  const renew = (refreshToken: string) => grants.replaceRefreshToken(appId, { former: 'first', refreshToken })
  await Promise.all(['second', 'third'].map(renew))
  const kept = await grants.readRefreshToken(appId)
  expect(['second', 'third']).toContain(kept)
  await renew('too-late')
  expect(await grants.readRefreshToken(appId)).toBe(kept)
})
