import { type ConsentRequest, routes } from '@weapp-auth/protocol/contract'
import { expect, test } from 'vitest'
import { appId, newNonce, openServer, otherAppId } from '../../test/open-server.ts'
import { administer, listKeys, rotateKeyring } from '../index.ts'
import { verifyAudit } from './verify-audit.ts'

type Opened = ReturnType<typeof openServer>

/** What was written, in short. */
async function lines({ store }: Opened) {
  expect((await verifyAudit(store)).status).toBe('intact')
  const entries = await store.auditAfter(0, 100)
  return entries.map(({ actor, act, appId, subject, details }) => ({ actor, act, appId, subject, details }))
}

const bearer = (token: string) => ({ authorization: `Bearer ${token}` })

test('a login, a phone, a refresh and a logout write no line: they would wait for it', async () => {
  const opened = openServer()
  const { person, loginId, token, tokens } = await opened.logIn()
  const code = opened.wechat.phoneCode(person, '+8613800138000')
  await opened.phone({ code, loginId, nonce: newNonce() }, token)
  const { tokens: next } = (await opened.rotate(tokens.refreshToken, newNonce())).body
  await opened.post(routes.logout, { refreshToken: next.refreshToken })
  expect(await lines(opened)).toEqual([])
})

test('a user who erases themselves leaves one line, also when they ask twice', async () => {
  const opened = openServer()
  const { token, user } = await opened.logIn()
  const path = `${routes.me}?nonce=${newNonce()}`
  for (const _ of [1, 2]) await opened.send(path, { method: 'DELETE', headers: bearer(token) })
  expect(await lines(opened)).toEqual([{ actor: 'user', act: 'user-erased', appId, subject: user.id, details: '{}' }])
})

test('a withdrawn consent leaves one line, and one that was withdrawn before none', async () => {
  const opened = openServer()
  const { token, user } = await opened.logIn()
  const consent: ConsentRequest = { scope: 'phone', version: 'v1', nonce: newNonce() }
  await opened.post(routes.consents, consent, token)
  const path = routes.consent.replace('{scope}', 'phone')
  for (const _ of [1, 2]) {
    opened.pass(1000)
    await opened.send(path, { method: 'DELETE', headers: bearer(token) })
  }
  const line = { actor: 'user', act: 'consent-withdrawn', appId, subject: user.id, details: '{"scope":"phone"}' }
  expect(await lines(opened)).toEqual([line])
})

test('a session that a backend ends leaves a line, once', async () => {
  const backend = { id: 'shop', secret: 'only-for-the-test-0000000' }
  const opened = openServer({ backends: [backend] })
  const { token, user } = await opened.logIn()
  const headers = { authorization: `Basic ${btoa(`${backend.id}:${backend.secret}`)}` }
  for (const _ of [1, 2])
    await opened.send(routes.revoke, { method: 'POST', headers, body: new URLSearchParams({ token }) })
  expect(await lines(opened)).toMatchObject([{ actor: 'backend', act: 'session-ended', appId, subject: user.id }])
})

test('a refresh token that is used twice leaves a line', async () => {
  const opened = openServer()
  const { tokens, user } = await opened.logIn()
  for (const _ of [1, 2, 3]) await opened.rotate(tokens.refreshToken, newNonce())
  expect(await lines(opened)).toMatchObject([{ actor: 'server', act: 'refresh-reused', appId, subject: user.id }])
})

test('a user who is found by unionid in another app leaves a line, once', async () => {
  const opened = openServer()
  const logIn = (appId: string, openId: string) =>
    opened.post(routes.login, {
      appId,
      code: opened.wechat.loginCode({ appId, openId, unionId: 'u1' }),
      nonce: newNonce(),
    })
  await logIn(appId, 'o1')
  for (const _ of [1, 2]) await logIn(otherAppId, 'o2')
  expect(await lines(opened)).toMatchObject([{ actor: 'server', act: 'identity-joined', appId: otherAppId }])
})

test('an app that is added, changed and removed leaves a line each, with the names of fields and no value', async () => {
  const opened = openServer()
  const { apps } = opened.server
  const tea = { appId: 'wx00000000000000f1', secret: 'f'.repeat(32), name: 'Tea' }
  await apps.add(tea)
  await apps.add(tea)
  await apps.change(tea.appId, { secret: 'e'.repeat(32), openData: 'monitor' })
  await apps.change(tea.appId, { name: 'x' }, { version: 0 })
  await apps.change('wx-nobody', { name: 'x' })
  await apps.remove(tea.appId)
  await apps.remove(tea.appId)
  const line = { actor: 'operator', appId: tea.appId, subject: null }
  expect(await lines(opened)).toEqual([
    { ...line, act: 'app-added', details: '{"fields":["name","secret"]}' },
    { ...line, act: 'app-changed', details: '{"fields":["openData","secret"]}' },
    { ...line, act: 'app-removed', details: '{"fields":[]}' },
  ])
})

test('keys that are replaced, and rows that follow them, leave a line with the names of the keys', async () => {
  const opened = openServer()
  await opened.logIn()
  const { keys } = opened
  const staged = rotateKeyring({ keyring: keys, kind: 'root', now: opened.time.now })
  if (staged.status !== 'staged') throw new Error(staged.status)
  await opened.server.replaceKeys(staged.keyring)
  await expect(opened.server.replaceKeys({ ...keys, signing: [] })).rejects.toThrow()
  const { reseal } = await administer({ store: opened.store, keys })
  await reseal.run()
  const line = { actor: 'operator', appId: null, subject: null }
  const names = listKeys(staged.keyring).map(({ kind, name, use }) => `${kind} ${name} ${use}`)
  expect(names).toHaveLength(3)
  expect(await lines(opened)).toEqual([
    { ...line, act: 'keys-replaced', details: JSON.stringify({ keys: names }) },
    { ...line, act: 'reseal-finished', details: '{"apps":0,"grants":0,"key":1,"users":0}' },
  ])
})
