import { afterEach, expect, test } from 'vitest'
import { app, lin, minutes } from '../stage.ts'
import { type Example, openStreet, type Street } from './street.ts'

/** What must come about in every framework, one story a test. */
export function tellScenarios(example: Example): void {
  let street: Street
  afterEach(() => street.stage.close())

  test('launched, it is logged in and offers the phone button', async () => {
    street = await openStreet(example)
    const { mainButton, texts } = await street.launch()
    expect(street.told('login-recorded')).toBe(1)
    expect(mainButton()).toMatchObject({ openType: 'getPhoneNumber', disabled: false, label: '一键授权手机号' })
    expect(texts()).toMatch(/微信用户 \| ID \w{8}/)
  })

  test('one tap: the server holds the phone, and the page shows it', async () => {
    street = await openStreet(example)
    const { press, texts } = await street.launch()
    await press()
    expect(street.told('phone-recorded')).toBe(1)
    expect(texts()).toContain('138******00')
  })

  test.each(['deny', 'cancel'] as const)('who answers "%s" reads a sentence and can agree later', async decision => {
    street = await openStreet(example)
    const { press, texts } = await street.launch()
    await press({ decision })
    expect(texts()).toContain('没有授权。需要时可以再点。')
    expect(street.told('phone-recorded')).toBe(0)
    await press()
    expect(street.told('phone-recorded')).toBe(1)
    expect(texts()).not.toContain('没有授权')
  })

  test('ten minutes between launch and tap need no second tap', async () => {
    street = await openStreet(example)
    const { press } = await street.launch()
    street.stage.advance(minutes(10))
    await press()
    expect(street.told('phone-recorded')).toBe(1)
  })

  test('a phone code that was sent after more than five minutes asks for one more tap', async () => {
    street = await openStreet(example)
    const launched = await street.launch()
    street.up = false
    await launched.press()
    await launched.wait(30)
    street.stage.advance(minutes(6))
    street.up = true
    await launched.press()
    expect(launched.texts()).toContain('没有成功，请再点一次。')
    await launched.press()
    expect(street.told('phone-recorded')).toBe(1)
  })

  test('two taps at once bind once', async () => {
    street = await openStreet(example)
    const { program, mainButton, wait, texts } = await street.launch()
    const button = mainButton()
    await Promise.all([program.tap(button), program.tap(button)])
    await wait(1)
    expect(street.told('phone-recorded')).toBe(1)
    expect(texts()).toContain('138******00')
    expect(texts()).not.toContain('没有授权')
  })

  test('a server that is down for the verdict gets the same proof again, without a tap in the sheet', async () => {
    street = await openStreet(example)
    const { press, mainButton, wait, texts } = await street.launch()
    street.up = false
    await press()
    await wait(30)
    expect(texts()).toContain('暂时不可用，请稍后再试。')
    expect(mainButton()).toMatchObject({ label: '重新提交' })
    expect(mainButton()).not.toHaveProperty('openType')
    street.up = true
    await press()
    expect(street.told('phone-recorded')).toBe(1)
    expect(texts()).toContain('138******00')
  })

  test('a server that is down at the launch is found again by one press', async () => {
    street = await openStreet(example)
    street.up = false
    const { press, mainButton, wait, texts } = await street.launch()
    await wait(30)
    expect(texts()).toContain('暂时不可用，请稍后再试。')
    expect(mainButton()).toMatchObject({ label: '登录' })
    street.up = true
    await press()
    expect(mainButton()).toMatchObject({ openType: 'getPhoneNumber' })
    expect(texts()).not.toContain('暂时不可用')
  })

  test('the next launch keeps the session and shows the phone without a login', async () => {
    street = await openStreet(example)
    await (await street.launch()).press()
    const again = await street.launch()
    expect(again.texts()).toContain('138******00')
    expect(street.told('login-recorded')).toBe(1)
  })

  test('it reads nothing that WeChat would not offer, and no beacon is sent', async () => {
    street = await openStreet(example)
    const asked: string[] = []
    const network = (request: Request) => {
      asked.push(new URL(request.url).pathname)
      return street.stage.server.fetch(request)
    }
    const phone = street.stage.emulator.wx(lin.id, app.appId)
    expect('preloadAssets' in phone.wx).toBe(false)
    const { wait } = await street.launch({ network })
    await wait(10)
    expect(asked).toEqual(['/v1/login'])
  })
}
