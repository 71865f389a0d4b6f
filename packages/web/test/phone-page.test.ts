import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { demoApp } from 'weapp-auth'
import { type PhonePage, patience, startSystem } from './open-phone.ts'

const minute = 120_000
let system: Awaited<ReturnType<typeof startSystem>>
let opened: PhonePage[] = []

beforeAll(async () => {
  system = await startSystem()
}, 180_000)

afterAll(() => system?.close())

afterEach(async () => {
  const all = opened
  opened = []
  for (const { page, complaints } of all) {
    await page.context().close()
    expect(complaints).toEqual([])
  }
})

/** The page in the hands of somebody new who has this number. */
let people = 0
async function open(number: string, options?: Parameters<typeof system.open>[0]) {
  const personId = `person-${++people}`
  system.dev.emulator.control.people.put({ id: personId, name: `新人${people}`, phones: [{ number }] })
  const phone = await system.open(options)
  opened.push(phone)
  const bar = phone.page.locator('.bar')
  if (await bar.isVisible()) await bar.locator('[data-view=control]').click()
  await phone.handTo(personId)
  if (await bar.isVisible()) await bar.locator('[data-view=phone]').click()
  const { page, sheet, step } = phone
  const agreeTenMinutesLater = async () => {
    await sheet.waitFor()
    await page.getByRole('button', { name: '+10 分钟' }).click()
    await step('clock-moved').first().waitFor()
    await sheet.getByRole('button', { name: '允许' }).click()
  }
  return { ...phone, personId, agreeTenMinutesLater }
}

describe('the phone page', { timeout: minute }, () => {
  it('logs in silently, takes one tap and one consent, and shows the stored number with all its steps', async () => {
    const { phoneButton, sheet, phone, step } = await open('13800138001')
    await phoneButton.click()

    await sheet.getByText('获取并验证你的手机号').waitFor()
    await sheet.getByText('138****8001').waitFor()
    await sheet.getByRole('button', { name: '允许' }).click()

    await phone.getByText('138******01').waitFor()
    await phone.getByText('已验证').waitFor()
    await phone.getByText('一切就绪').waitFor()

    const tap = step('phone-sheet-agreed').locator('xpath=ancestor::section[1]')
    for (const what of ['phone-sheet-opened', 'POST /wxa/business/getuserphonenumber', 'phone', 'POST /v1/phone']) {
      await tap.locator(`.step[data-what="${what}"]`).waitFor()
    }
    for (const what of ['wx.login', 'GET /sns/jscode2session', 'user', 'login', 'POST /v1/login']) {
      expect(await step(what).count(), what).toBeGreaterThan(0)
    }
    expect(await tap.locator('.step[data-side=database]').textContent()).toContain('号码 138******01 已验证并写入账号')
  })

  it('answers a refusal kindly and offers the button again', async () => {
    const { phoneButton, sheet, phone, step } = await open('13800138002')
    await phoneButton.click()
    await sheet.getByRole('button', { name: '拒绝' }).click()

    const notice = phone.getByRole('status')
    await notice.waitFor()
    expect(await notice.textContent()).not.toMatch(/fail|deny|error|errno/i)
    await step('phone-sheet-denied').first().waitFor()
    expect(await step('phone-sheet-denied').first().getAttribute('data-mood')).toBe('declined')

    await phoneButton.click()
    await sheet.getByRole('button', { name: '允许' }).click()
    await phone.getByText('138******02').waitFor()
    expect(await notice.count()).toBe(0)
  })

  it('turns the former number into history when another one is used', async () => {
    const { button, phoneButton, sheet, phone, step } = await open('13800138003')
    await phoneButton.click()
    await sheet.getByRole('button', { name: '允许' }).click()
    await button('查看账号').click()
    await button('更换手机号').click()

    await sheet.getByRole('button', { name: '使用其他手机号码' }).click()
    await sheet.getByLabel('手机号码').fill('139')
    await sheet.getByRole('button', { name: '使用此号码' }).click()
    await sheet.getByText('这不是一个可用的手机号').waitFor()
    await sheet.getByLabel('手机号码').fill('139 0013 9003')
    await sheet.getByRole('button', { name: '使用此号码' }).click()

    await phone.locator('.digits', { hasText: '139******03' }).waitFor()
    await phone.getByText('历史号码').waitFor()
    await phone.locator('.history', { hasText: '138******03' }).waitFor()
    await step('phone').filter({ hasText: '号码换成 139******03，原号码转为历史' }).waitFor()
  })

  it('keeps the account over a restart and forgets it when the storage is cleared', async () => {
    const { page, phoneButton, sheet, phone } = await open('13800138004')
    await phoneButton.click()
    await sheet.getByRole('button', { name: '允许' }).click()
    await phone.getByText('138******04').waitFor()

    const logins = () => page.locator('.step[data-what="wx.login"]').count()
    const before = await logins()
    await page.getByTestId('restart').click()
    await phone.getByText('138******04').waitFor()
    expect(await logins()).toBe(before)

    await page.getByTestId('wipe').click()
    await expect.poll(logins, patience).toBe(before + 1)
    await phone.getByText('138******04').waitFor()
  })

  it('is cancelled by Escape and by a tap beside the sheet', async () => {
    const { page, phoneButton, sheet, phone } = await open('13800138005')
    await phoneButton.click()
    await sheet.waitFor()
    await page.keyboard.press('Escape')
    await phone.getByRole('status').waitFor()

    await phoneButton.click()
    await sheet.waitFor()
    await page.getByTestId('sheet-mask').click({ position: { x: 100, y: 100 } })
    await sheet.waitFor({ state: 'detached' })
    await phoneButton.waitFor()
  })

  it('can be used with the keyboard alone', async () => {
    const { page, phoneButton, sheet, phone } = await open('13800138006')
    await phoneButton.focus()
    await page.keyboard.press('Enter')
    await sheet.waitFor()
    const allow = sheet.getByRole('button', { name: '允许' })
    for (let stops = 0; stops < 6 && !(await allow.evaluate(node => node === document.activeElement)); stops++) {
      await page.keyboard.press('Tab')
    }
    await page.keyboard.press('Enter')
    await phone.getByText('138******06').waitFor()
  })

  it('speaks English and fits a phone-size window', async () => {
    const { page, phoneButton, sheet, phone } = await open('13800138007', {
      locale: 'en-US',
      viewport: { width: 390, height: 844 },
    })
    await phoneButton.click()
    await sheet.getByText('Your verified phone number').waitFor()
    await sheet.getByRole('button', { name: 'Decline' }).click()
    await phone.getByRole('status').waitFor()
    expect(await page.locator('html').getAttribute('lang')).toBe('en')
    expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBe(390)
    await page.locator('[data-language=zh]').click()
    await phone.getByText('尚未授权').waitFor()
  })

  it('moves the clock of WeChat, and the mini program lives at that time', async () => {
    const { page, step, phone, phoneButton, sheet } = await open('13800138008')
    await phoneButton.waitFor()
    const shown = () => phone.locator('.time').textContent()
    const before = await shown()
    await page.getByRole('button', { name: '+10 分钟' }).click()
    await step('clock-moved').first().waitFor()
    await expect.poll(shown, patience).not.toBe(before)
    await phoneButton.click()
    await sheet.getByRole('button', { name: '允许' }).click()
    await phone.getByText('138******08').waitFor()
  })

  it('runs under a policy that forbids eval, inline code and every other host', async () => {
    const { page } = await system.open()
    // In a task of the page itself: what the debugger evaluates is exempt from the policy.
    const attempt = (run: 'eval' | 'fetch') =>
      page.evaluate(
        what =>
          new Promise<string>(resolve => {
            setTimeout(async () => {
              try {
                await (what === 'eval' ? new Function('return 1')() : fetch('https://example.com/'))
                resolve('done')
              } catch (error) {
                resolve(String(error))
              }
            })
          }),
        run,
      )
    expect(await attempt('eval')).toContain('unsafe-eval')
    expect(await attempt('fetch')).toContain('Failed to fetch')
    await page.context().close()
  })

  it('shows in red that a phone code came too late, and the one tap wins all the same', async () => {
    const { phoneButton, phone, step, agreeTenMinutesLater } = await open('13800138010')
    await phoneButton.click()
    await agreeTenMinutesLater()
    await phone.getByText('138******10').waitFor()
    const refused = step('POST /wxa/business/getuserphonenumber').first()
    expect(await refused.getAttribute('data-mood')).toBe('failed')
  })

  it('tells why nothing could save a tap, asks for one more, and that one works', async () => {
    const { personId, page, phoneButton, sheet, phone, complaints, agreeTenMinutesLater } = await open('13800138011')
    await phoneButton.waitFor()
    // Another device logged in: the server holds an old session_key, so the ciphertext is of no use either.
    system.dev.emulator.control.rotateKey(personId, demoApp.appId)
    await phoneButton.click()
    await agreeTenMinutesLater()
    await phone.getByRole('status').waitFor()

    const tap = page.locator('.group[data-kind=tap]').first()
    expect(await tap.getAttribute('data-mood')).toBe('failed')
    await tap.locator('.step[data-what="POST /v1/phone"] .cause').first().waitFor()
    const heard = complaints.splice(0)
    expect(heard.filter(complaint => !complaint.includes('status of 400'))).toEqual([])

    await phoneButton.click()
    await sheet.getByRole('button', { name: '允许' }).click()
    await phone.getByText('138******11').waitFor()
  })

  it('filters the journal and clears it', async () => {
    const { page, step } = await open('13800138009')
    await step('POST /v1/login').first().waitFor()
    await page.locator('[data-filter=database]').click()
    const sides = await page.locator('.step').evaluateAll(rows => [...new Set(rows.map(row => row.dataset.side))])
    expect(sides).toEqual(['database'])

    await page.locator('[data-filter=all]').click()
    const row = step('GET /sns/jscode2session').first()
    await row.getByRole('button').click()
    await row.locator('.facts').waitFor()

    await page.getByRole('searchbox').fill('no such step')
    await page.getByText('没有符合筛选的步骤').waitFor()
    await page.getByRole('searchbox').fill('jscode2session')
    await page.getByTestId('copy-journal').click()
    expect(await page.evaluate(() => navigator.clipboard.readText())).toMatch(
      /^ {2}\d\d:\d\d:\d\d {2}微信 {2}GET \/sns\/jscode2session/,
    )

    await page.getByRole('button', { name: '清空' }).click()
    await page.getByText('还没有发生任何事').waitFor()
  })
})
