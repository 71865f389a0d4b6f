import { describe, expect, test } from 'vitest'
import { createWorld, LIN, TEA } from '../../test/world.ts'
import { createHttpCloud, createWxRuntime } from '../wx/index.ts'

const USE = { appId: TEA.appId, personId: LIN.id }

function createHttp() {
  const world = createWorld({ apps: [{ ...TEA, privacy: { declares: ['phoneNumber', 'userInfo'] } }] })
  const cloud = createHttpCloud({ baseUrl: 'http://emulator.test', fetch: world.emulator.fetch })
  const post = async (path: string, body: unknown) => {
    const headers = { 'content-type': 'application/json' }
    const response = await world.send(`/_emulator${path}`, { method: 'POST', body: JSON.stringify(body), headers })
    return { status: response.status, answer: (await response.json()) as Record<string, unknown> }
  }
  return { ...world, cloud, post, runtime: createWxRuntime({ app: TEA, personId: LIN.id, cloud }) }
}

describe('the runtime over HTTP', () => {
  test('asks for consent, scopes, user info, keys and a realtime number as in one process', async () => {
    const { runtime, cloud, control, phoneByCode } = createHttp()
    await runtime.wx.requirePrivacyAuthorize()
    expect(await runtime.wx.getPrivacySetting()).toMatchObject({ needAuthorization: false })
    await runtime.wx.authorize({ scope: 'scope.userInfo' })
    expect((await runtime.wx.getSetting()).authSetting).toEqual({ 'scope.userInfo': true })
    expect((await runtime.wx.getUserInfo()).userInfo.nickName).toBe('微信用户')
    const [event] = await runtime.tap('getRealtimePhoneNumber')
    const code = event?.type === 'getrealtimephonenumber' ? event.detail.code : undefined
    expect(await phoneByCode({ code })).toMatchObject({ errcode: 0 })
    const { encryptKey } = await runtime.wx.getUserCryptoManager().getLatestUserKey()
    expect(encryptKey).toBe(control.latestUserKey(LIN.id, TEA.appId).encryptKey)
    await runtime.remove('deleted')
    const { scopes, privacy } = await cloud.consents(USE)
    expect([scopes, privacy.agreed]).toEqual([{}, false])
  })

  test.each([
    ['/wx/phone-sheet/open', { component: 'slow' }, 'component'],
    ['/wx/consents', { personId: '' }, 'personId'],
    ['/wx/scopes', { scopes: { 'scope.camera': 'yes' } }, 'scopes.scope.camera'],
    ['/wx/scopes', {}, 'scopes'],
    ['/wx/privacy/agree', { appId: 7 }, 'appId'],
    ['/wx/user-info', { question: { kind: 'all', sdkVersion: '3.0.0' } }, 'question.kind'],
    ['/wx/user-info', { question: { kind: 'info', sdkVersion: 'new' } }, 'question.sdkVersion'],
    ['/wx/user-info', { question: { kind: 'info', sdkVersion: '3.0.0', lang: '' } }, 'question.lang'],
    ['/wx/remove', { how: 'all' }, 'how'],
    ['/dialog-decisions', { dialog: 'phone', decision: { decision: 'allow' } }, 'dialog'],
    ['/dialog-decisions', { dialog: 'avatar', decision: { decision: 'maybe' } }, 'decision.decision'],
    ['/dialog-decisions', { dialog: 'avatar', decision: { decision: 'allow', passes: 1 } }, 'decision.passes'],
    ['/mini-programs/remove', { how: 'none' }, 'how'],
    ['/apps', { ...TEA, privacy: { declares: ['shoeSize'] } }, 'privacy.declares[0]'],
    ['/apps', { ...TEA, privacy: { required: 'yes' } }, 'privacy.required'],
    ['/apps', { ...TEA, publishedAt: '2021' }, 'publishedAt'],
    ['/people', { ...LIN, profile: { gender: 3 } }, 'profile.gender'],
    ['/people', { ...LIN, profile: { city: 7 } }, 'profile.city'],
  ])('%s %j is refused by name', async (path, body, field) => {
    const { post } = createHttp()
    const { status, answer } = await post(path, { ...USE, ...body })
    expect([status, answer.error]).toMatchObject([400, { code: 'invalid-value', field }])
  })
})

describe('how people answer dialogs', () => {
  test('is told from outside, for each kind; null gives it back', async () => {
    const { control, phone } = createHttp()
    control.decideDialog(LIN.id, 'privacy', { decision: 'deny' })
    const runtime = phone()
    expect((await runtime.tapPhoneButton()).errno).toBe(103)
    control.decideDialog(LIN.id, 'privacy', null)
    control.clock.advance(10_000)
    expect((await runtime.tapPhoneButton()).errMsg).toBe('getPhoneNumber:ok')
    control.decideDialog(LIN.id, 'avatar', () => ({ decision: 'cancel' }))
    expect(await runtime.tap('chooseAvatar')).toMatchObject([{ detail: { errMsg: 'chooseAvatar:fail cancel' } }])
    expect(() => control.decideDialog('nobody', 'avatar', null)).toThrow('no such person')
  })

  test('the runtime’s own word counts before, and what the host draws after it', async () => {
    const { control, phone } = createHttp()
    const drawn: string[] = []
    const ui = {
      showDialog: async ({ kind }: { kind: string }) => {
        drawn.push(kind)
        return { decision: 'cancel' } as const
      },
    }
    const runtime = phone(LIN.id, TEA, { ui })
    await runtime.tap('chooseAvatar')
    expect(drawn).toEqual(['privacy'])
    control.clock.advance(10_000)
    control.decideDialog(LIN.id, 'privacy', { decision: 'allow' })
    runtime.decideDialog('avatar', { decision: 'allow' })
    expect(await runtime.tap('chooseAvatar')).toMatchObject([{ detail: { errMsg: 'chooseAvatar:ok' } }])
    expect(drawn).toEqual(['privacy'])
  })

  test('what was agreed to survives a snapshot, and not a reset', async () => {
    const { control, phone } = createHttp()
    await phone().wx.requirePrivacyAuthorize()
    await phone().wx.authorize({ scope: 'scope.userInfo' })
    const snapshot = control.snapshot()
    const needed = async () => (await phone().wx.getPrivacySetting()).needAuthorization
    control.reset()
    expect(await needed()).toBe(true)
    control.restore(snapshot)
    expect(await needed()).toBe(false)
    control.removeMiniProgram(LIN.id, TEA.appId, 'recent')
    expect(await needed()).toBe(true)
  })
})
