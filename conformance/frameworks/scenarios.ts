import { createPrintingSms, type PrintedSms } from '@weapp-auth/server/sms-printing'
import { afterEach, expect, test } from 'vitest'
import { app, lin, minutes } from '../stage.ts'
import { fileOf, type OpenPhone, openStreet, type Street } from './street.ts'

const offered = { openType: 'getPhoneNumber', disabled: false, label: '一键授权手机号' }
const later = '暂时不可用，请稍后再试。'
const notHere = '暂时无法获取手机号，请换用其他方式。'
const asksForPrivacy = '请阅读并同意我们如何使用你的信息'
const privacyFirst = '请先同意隐私保护指引，再点一次。'
const onceMore = '没有成功，请再点一次。'

/** What must come about in every framework, one story a test. `asks`: what the program has switched on beside the login. */
export function tellScenarios(open: OpenPhone, { asks = [] }: { readonly asks?: readonly string[] } = {}): void {
  let street: Street
  afterEach(() => street.close())
  const launch = async (device?: Parameters<Street['launch']>[0]) => {
    street = await openStreet(open)
    return street.launch(device)
  }

  test('launched, it is logged in and offers the phone button', async () => {
    const phone = await launch()
    expect(street.told('login-recorded')).toBe(1)
    expect((await phone.buttons())[0]).toEqual(offered)
    expect(await phone.texts()).toMatch(/微信用户.*ID \w{8}/)
  })

  test('one tap: the server holds the phone, and the page shows it', async () => {
    const phone = await launch()
    await phone.press()
    expect(street.told('phone-recorded')).toBe(1)
    expect(await phone.texts()).toContain('138******00')
  })

  test.each(['deny', 'cancel'] as const)('who answers "%s" reads a sentence and can agree later', async decision => {
    const phone = await launch()
    await phone.press('一键授权手机号', { decision })
    expect(await phone.texts()).toContain('没有授权。需要时可以再点。')
    expect(street.told('phone-recorded')).toBe(0)
    await phone.press()
    expect(street.told('phone-recorded')).toBe(1)
    expect(await phone.texts()).not.toContain('没有授权')
  })

  test('who declines types the number, and a code by SMS proves it', async () => {
    const printed: PrintedSms[] = []
    const sms = createPrintingSms({ print: one => printed.push(one), environment: 'test' })
    street = await openStreet(open, { policy: { sms: 'on' }, sms })
    const phone = await street.launch()
    await phone.press('一键授权手机号', { decision: 'deny' })
    await phone.press('用短信验证码')
    await phone.type('手机号码', '13800138000')
    await phone.press('获取验证码')
    await phone.type('六位验证码', printed[0]?.code ?? '')
    await phone.press('验证')
    expect(await phone.texts()).toContain('138******00')
    expect(await phone.texts()).not.toContain('没有授权')
  })

  test('ten minutes between launch and tap need no second tap', async () => {
    const phone = await launch()
    await street.leap(minutes(10))
    await phone.press()
    expect(street.told('phone-recorded')).toBe(1)
  })

  test('ten minutes in the background, where timers stand still, need no second tap', async () => {
    const phone = await launch()
    await phone.leave()
    await street.wait(10)
    await street.leap(minutes(10))
    await phone.enter()
    await phone.press()
    expect(street.told('phone-recorded')).toBe(1)
  })

  test('a phone code that was sent after more than five minutes asks for one more tap', async () => {
    const phone = await launch()
    street.up = false
    await phone.press()
    await street.wait(30)
    await street.leap(minutes(6))
    street.up = true
    await street.wait(30)
    expect(await phone.texts()).toContain(onceMore)
    await phone.press()
    expect(street.told('phone-recorded')).toBe(1)
  })

  test('two taps at once bind once', async () => {
    const phone = await launch()
    await phone.pressTwice()
    await street.wait(1)
    expect(street.told('phone-recorded')).toBe(1)
    expect(await phone.texts()).toContain('138******00')
    expect(await phone.texts()).not.toContain('没有授权')
  })

  test('a second device that logs in meanwhile does no harm: the phone code needs no session_key', async () => {
    const phone = await launch()
    street.stage.emulator.control.rotateKey(lin.id, app.appId)
    await phone.press()
    expect(street.told('phone-recorded')).toBe(1)
  })

  test('where WeChat gives no phone code, a second device costs one more tap and never a wrong number', async () => {
    street = await openStreet(open, { policy: { openData: 'enforce' }, minKeyAgeMs: 0 })
    const phone = await street.launch({ sdkVersion: '2.21.1' })
    street.stage.emulator.control.rotateKey(lin.id, app.appId)
    await phone.press()
    expect(await phone.texts()).toContain(onceMore)
    expect(street.told('phone-recorded')).toBe(0)
    await phone.press()
    expect(await phone.texts()).toContain('138******00')
  })

  test('a privacy guideline that does not declare phone numbers (errno 112) is no refusal of the user', async () => {
    street = await openStreet(open)
    street.stage.emulator.control.apps.put({ ...app, privacy: { declares: ['userInfo'], required: false } })
    const phone = await street.launch()
    await phone.press()
    expect(await phone.texts()).toContain(notHere)
  })

  test('behind the privacy gate the own dialog comes first; who agrees there has the number with that one tap', async () => {
    street = await openStreet(open)
    street.stage.emulator.control.apps.put({ ...app, privacy: {} })
    const phone = await street.launch()
    await phone.press()
    expect(await phone.texts()).toContain(asksForPrivacy)
    await phone.press('《隐私保护指引》')
    expect(street.shown).toEqual(['privacy-contract'])
    expect(street.told('phone-recorded')).toBe(0)
    await phone.press('同意并继续')
    expect(street.told('phone-recorded')).toBe(1)
    expect(await phone.texts()).toContain('138******00')
    expect(await phone.texts()).not.toContain(asksForPrivacy)
  })

  test('who refuses the privacy guideline (errno 104) is left alone for ten seconds, and can agree later', async () => {
    street = await openStreet(open)
    street.stage.emulator.control.apps.put({ ...app, privacy: {} })
    const phone = await street.launch()
    await phone.press()
    await phone.press('不同意')
    expect(await phone.texts()).toContain(privacyFirst)
    await phone.press()
    expect(await phone.texts()).toContain(privacyFirst)
    expect(await phone.texts()).not.toContain(asksForPrivacy)
    await street.leap(11_000)
    await phone.press()
    await phone.press('同意并继续')
    expect(street.told('phone-recorded')).toBe(1)
    expect(await phone.texts()).not.toContain(privacyFirst)
    expect(street.shown).toEqual([])
  })

  test('used-up calls (errno 1400001) are no refusal of the user, and bought ones make it work again', async () => {
    const phone = await launch()
    const { control } = street.stage.emulator
    control.changeBilling(app.appId, { quick: { trialLeft: 0, boughtLeft: 0 } })
    await phone.press()
    expect(await phone.texts()).toContain(notHere)
    control.changeBilling(app.appId, { quick: { boughtLeft: 1 } })
    await phone.press()
    expect(street.told('phone-recorded')).toBe(1)
  })

  test('who goes home while the sheet is open and agrees afterwards needs no second tap', async () => {
    const phone = await launch()
    await phone.press('一键授权手机号', async () => {
      await phone.leave()
      await street.leap(minutes(1))
      await phone.enter()
      return { decision: 'allow' }
    })
    expect(street.told('phone-recorded')).toBe(1)
    expect(await phone.texts()).toContain('138******00')
  })

  test('a page that is left while the sheet is open takes nothing with it', async () => {
    const phone = await launch()
    await phone.press()
    await phone.press('查看账号')
    await phone.press('更换手机号', async () => {
      await phone.back()
      return { decision: 'allow', phone: 1 }
    })
    expect(await phone.texts()).toContain('138******00')
    await phone.press('查看账号')
    await phone.press('更换手机号', { decision: 'allow', phone: 1 })
    expect(await phone.texts()).toMatch(/139\*{6}00.*历史号码.*138\*{6}00/)
  })

  test('a server that is down for the verdict gets the same proof again, without a tap in the sheet', async () => {
    const phone = await launch()
    street.up = false
    await phone.press()
    await street.wait(30)
    expect(await phone.texts()).toContain(later)
    const [button] = await phone.buttons()
    expect(button).toMatchObject({ label: '重新提交' })
    expect(button).not.toHaveProperty('openType')
    street.up = true
    await phone.press()
    expect(street.told('phone-recorded')).toBe(1)
    expect(await phone.texts()).toContain('138******00')
  })

  test('a server that is down at the launch is found again by one press', async () => {
    street = await openStreet(open)
    street.up = false
    const phone = await street.launch()
    await street.wait(30)
    expect(await phone.texts()).toContain(later)
    expect((await phone.buttons())[0]).toMatchObject({ label: '登录' })
    street.up = true
    await phone.press()
    expect((await phone.buttons())[0]).toMatchObject({ openType: 'getPhoneNumber' })
    expect(await phone.texts()).not.toContain('暂时不可用')
  })

  test('three calls that wait for a refresh which fails all come to an end', async () => {
    const phone = await launch()
    await phone.press()
    await street.leap(minutes(60))
    street.up = false
    await phone.press('查看账号')
    await street.wait(60)
    expect(await phone.texts()).toContain(later)
    await phone.back()
    street.up = true
    await phone.press('查看账号')
    expect(await phone.texts()).toContain('138******00')
    expect(await phone.texts()).not.toContain(later)
  })

  test('the next launch keeps the session and shows the phone without a login', async () => {
    await (await launch()).press()
    const again = await street.launch()
    expect(await again.texts()).toContain('138******00')
    expect(street.told('login-recorded')).toBe(1)
  })

  test('a nickname is saved when it was typed, and shown from then on', async () => {
    const phone = await launch()
    await phone.press()
    await phone.press('个人资料')
    await phone.type('请输入昵称', '林小满')
    expect(await phone.texts()).toContain('已保存')
    await phone.back()
    expect(await phone.texts()).toContain('林小满')
    expect(await (await street.launch()).texts()).toContain('林小满')
  })

  test('an avatar is uploaded when it was chosen, and shown from then on', async () => {
    const phone = await launch()
    await phone.press()
    await phone.press('个人资料')
    await phone.press('chooseAvatar')
    expect(await phone.texts()).toContain('已保存')
    expect(await phone.pictures()).toEqual([expect.stringContaining('/v1/avatars/')])
    await phone.back()
    expect(await phone.pictures()).toContainEqual(expect.stringContaining('/v1/avatars/'))
    expect(await (await street.launch()).pictures()).toContainEqual(expect.stringContaining('/v1/avatars/'))
    expect(street.stage.avatars.size).toBe(1)
  })

  test('a picture that is too large, and none at all, leave the avatar as it was, with a sentence', async () => {
    const phone = await launch()
    await phone.press()
    await phone.press('个人资料')
    street.dialogs.avatar = { decision: 'cancel' }
    await phone.press('chooseAvatar')
    expect(await phone.texts()).toContain('没有选择，原有资料不变。')
    street.dialogs.avatar = { decision: 'allow', avatarUrl: fileOf(3 * 1024 * 1024) }
    await phone.press('chooseAvatar')
    expect(await phone.texts()).toContain('没有通过检查，请换一个。')
    expect(street.stage.avatars.size).toBe(0)
    street.dialogs.avatar = { decision: 'allow' }
    await phone.press('chooseAvatar')
    expect(await phone.texts()).toContain('已保存')
  })

  test('the session of another device is ended from this one', async () => {
    const phone = await launch()
    const other = street.stage.open(lin, { storage: emptyStorage(), device: { platform: 'android' } })
    await other.auth.ready()
    await phone.press()
    await phone.press('查看账号')
    expect(await phone.texts()).toMatch(/登录设备.*Android/)
    await phone.press('下线')
    expect(await phone.texts()).toMatch(/登录设备.*本机/)
    expect(await phone.texts()).not.toContain('Android')
  })

  test('logged out, it offers the login, and that brings the same account back', async () => {
    const phone = await launch()
    await phone.press()
    await phone.press('查看账号')
    await phone.press('退出登录')
    expect((await phone.buttons())[0]).toMatchObject({ label: '登录' })
    expect(await phone.texts()).not.toContain('138******00')
    await phone.press()
    expect(await phone.texts()).toContain('138******00')
  })

  test('it asks for nothing but what it needs, and no beacon is sent', async () => {
    await launch()
    await street.wait(10)
    expect(street.asked).toEqual(['/v1/login', ...asks])
  })
}

/** Of a phone that this person has not used before. */
function emptyStorage() {
  const entries = new Map<string, string>()
  return {
    get: (key: string) => entries.get(key),
    set: (key: string, value: string) => void entries.set(key, value),
    delete: (key: string) => void entries.delete(key),
    keys: () => [...entries.keys()],
  }
}
