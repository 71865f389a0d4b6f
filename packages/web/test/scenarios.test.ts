import { afterEach, describe, expect, it } from 'vitest'
import { demoApp } from 'weapp-auth'
import { newcomers } from './newcomers.ts'
import { type PhonePage, patience } from './open-phone.ts'

const { system, newcomer, open: openPhone } = newcomers({ name: 'scenario', numbersFrom: 8400 })
afterEach(() => {
  const { control } = system().dev.emulator
  control.changeBilling(demoApp.appId, { quick: { trialLeft: 1000, boughtLeft: 0 } })
  control.apps.change(demoApp.appId, { privacy: null, phonePermitted: true })
})

async function open(...how: Parameters<typeof openPhone>) {
  return { ...newcomer(), ...(await openPhone(...how)) }
}

describe('scenarios', { timeout: 120_000 }, () => {
  const play = async (index: number) => {
    const all = await open()
    await all.phoneButton.waitFor()
    // What happened before on this system is none of this scenario.
    await all.page.getByRole('button', { name: '清空' }).click()
    await all.page.getByTestId('scenarios').click()
    await all.page.locator(`[data-scenario="${index}"] .main`).click()
    const strip = all.page.locator('.strip')
    await expect.poll(() => strip.getAttribute('data-mood'), { timeout: 90_000 }).toBe('done')
    return { ...all, strip }
  }
  /** Refused answers of the server, which Chromium writes to the console. */
  const expectOnly = ({ complaints }: PhonePage, expected: RegExp) =>
    expect(complaints.splice(0).filter(complaint => !expected.test(complaint))).toEqual([])

  it.each([
    ['one tap', 0],
    ['declined, then allowed', 1],
    ['the ordering trap', 2],
    ['ten minutes in the background', 3],
    ['ten minutes in front of the sheet', 4],
    ['a double tap', 7],
    ['an old Android phone', 12],
  ])('"%s" ends with the number on the page', async (_, index) => {
    const all = await play(index)
    await all.phone.getByText('120******01').waitFor()
    expectOnly(all, /status of 4\d\d/)
  })

  it('"the privacy gate" asks first, and ends with the number on the page', async () => {
    const { phone, page, step } = await play(5)
    await phone.getByText('120******01').waitFor()
    await step('privacy-agreed').first().waitFor()
    await page.locator('.tabs [data-view=state]').click()
    await expect.poll(() => page.locator('[data-fact=privacy]').textContent(), patience).toBe('已同意')
  })

  it('"the server is down at the verdict" sends the same proof again: one sheet, and the number on the page', async () => {
    const { phone, step } = await play(6)
    await phone.getByText('120******01').waitFor()
    expect(await step('phone-sheet-opened').count()).toBe(1)
  })

  it('"an answer got lost": the repeated code is refused, a new one is fetched, and the number is on the page', async () => {
    const all = await play(9)
    await all.phone.getByText('120******01').waitFor()
    await all.step('GET /sns/jscode2session').filter({ hasText: '用过' }).waitFor()
    expectOnly(all, /status of 4\d\d/)
  })

  it('"somebody else refreshed the token": 40001, a fresh token, one repeat, and the number on the page', async () => {
    const { phone, step } = await play(10)
    await phone.getByText('120******01').waitFor()
    const asked = step('POST /wxa/business/getuserphonenumber')
    await asked.filter({ hasText: '40001' }).waitFor()
    expect(await asked.count()).toBe(2)
    expect(await step('phone-sheet-opened').count()).toBe(1)
  })

  it('"the quota is used up" and "an account without the right" say so on the page and offer SMS', async () => {
    for (const index of [8, 11]) {
      const { phone, step, page, button } = await play(index)
      await step('phone-sheet-refused').first().waitFor()
      const said = phone.getByRole('status').first()
      await said.waitFor()
      expect(await said.textContent()).not.toMatch(/fail|errno|\d{4}/)
      await button('用短信验证码').waitFor()
      await page.context().close()
    }
  })

  it('tells the state of the client and of WeChat', async () => {
    const { page } = await play(0)
    await page.locator('.tabs [data-view=state]').click()
    await page.locator('[data-machine=session] [data-on=true]', { hasText: 'in' }).waitFor()
    await page.locator('[data-key=fine]').waitFor()
    expect(await page.locator('[data-fact=quota]').textContent()).toContain('999')
  })

  it('makes a link of what was done by hand, and the link does it again', async () => {
    const { page, id, handTo, phoneButton, sheet, step } = await open()
    await handTo(id)
    await phoneButton.click()
    await sheet.getByRole('button', { name: '拒绝' }).click()
    await step('phone-sheet-denied').first().waitFor()
    await page.getByTestId('copy-link').click()
    const link = await page.evaluate(() => navigator.clipboard.readText())
    await page.context().close()

    const again = await open({ locale: 'en-US' }, new URL(link).hash)
    const strip = again.page.locator('.strip')
    await expect.poll(() => strip.getAttribute('data-mood'), { timeout: 90_000 }).toBe('done')
    await strip.getByText('A shared scenario').waitFor()
    expect(await strip.locator('li').allTextContents()).toEqual(['cold start', 'tap the phone button', 'decline'])
  })

  it('says what is wrong with a damaged link', async () => {
    const { page } = await open({}, '#v1/abc')
    await page.getByTestId('link-problem').getByText('链接不完整').waitFor()
  })
})
