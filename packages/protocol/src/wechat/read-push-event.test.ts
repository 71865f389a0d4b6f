import { expect, test } from 'vitest'
import vectors from '../../vectors/wechat-vectors.json' with { type: 'json' }
import { readPushEvent } from './read-push-event.ts'
import { revokeInfo } from './revoke-info.ts'

const common = { ToUserName: 'gh_1', FromUserName: 'o0', CreateTime: 1626857200, MsgType: 'event', OpenID: 'o1' }
const read = (fields: object) => readPushEvent(JSON.stringify({ ...common, ...fields }))

test('the three events in our words', () => {
  const none = { openId: 'o1', appId: null, pluginId: null, at: 1626857200000, revoked: [] }
  expect(read({ Event: 'user_info_modified', AppID: 'wx1' })).toEqual({
    ...none,
    event: 'profile-modified',
    appId: 'wx1',
  })
  expect(read({ Event: 'user_authorization_cancellation' })).toEqual({ ...none, event: 'account-cancelled' })
  expect(read({ Event: 'user_authorization_revoke', RevokeInfo: '8', PluginID: 'wx2' })).toEqual({
    ...none,
    event: 'authorization-revoked',
    pluginId: 'wx2',
    revoked: ['phone'],
  })
})

test.each(Object.entries(revokeInfo))('RevokeInfo %s', (number, { kind }) => {
  expect(read({ Event: 'user_authorization_revoke', RevokeInfo: number })?.revoked).toEqual([kind])
  expect(read({ Event: 'user_authorization_revoke', RevokeInfo: Number(number) })?.revoked).toEqual([kind])
})

test.each([
  ['8,6', ['phone', 'profile']],
  ['[8, 20]', ['phone', 'avatar']],
  ['8 8', ['phone']],
  ['301', ['301']],
  ['', []],
  ['x', []],
])('several values, or none that is known: %s', (RevokeInfo, revoked) => {
  expect(read({ Event: 'user_authorization_revoke', RevokeInfo })?.revoked).toEqual(revoked)
})

test('revoked is empty for other events, whatever they carry', () => {
  expect(read({ Event: 'user_info_modified', RevokeInfo: '8' })?.revoked).toEqual([])
})

test('an event without openid names nobody', () => {
  expect(read({ Event: 'user_info_modified', OpenID: undefined })?.openId).toBeNull()
  expect(read({ Event: 'user_info_modified', OpenID: ' ' })?.openId).toBeNull()
})

test.each([
  ['another event', { Event: 'debug_demo' }],
  ['the name of a method of every object', { Event: 'constructor' }],
  ['no event', {}],
  ['no time', { Event: 'user_info_modified', CreateTime: undefined }],
  ['a time that is none', { Event: 'user_info_modified', CreateTime: '-1' }],
])('null: %s', (_, fields) => {
  expect(read(fields)).toBeNull()
})

test.each(vectors.pushMessage)('the published message $id is none of the three', ({ msg }) => {
  expect(readPushEvent(msg)).toBeNull()
})
