import { describe, expect, it } from 'vitest'
import { tellMoment } from '../src/phone/control/read-moment.ts'
import { newcomers } from './newcomers.ts'
import { patience } from './open-phone.ts'

const { system, newcomer, open: openPhone } = newcomers({ name: 'control', numbersFrom: 8600 })

async function open(...how: Parameters<typeof openPhone>) {
  return { ...newcomer(), ...(await openPhone(...how)) }
}

describe('control', { timeout: 120_000 }, () => {
  it('adds somebody with two numbers, whom WeChat takes for a risk', async () => {
    const { page, step, complaints } = await open()
    await page.getByTestId('add-person').click()
    await page.getByLabel('名字').fill('小周')
    await page.getByLabel(/手机号，一行一个/).fill('12')
    await page.getByRole('button', { name: '保存' }).click()
    await page.getByRole('alert').waitFor()
    await page.getByLabel(/手机号，一行一个/).fill('+8612000000007\n+8612000000008')
    await page.getByLabel(/高风险/).check()
    await page.getByRole('button', { name: '保存' }).click()
    await page.getByRole('button', { name: '小周' }).waitFor()
    await step('GET /sns/jscode2session')
      .filter({ hasText: /40226|高风险|风险/ })
      .first()
      .waitFor()
    complaints.splice(0)
  })

  it('plans a fault, shows it until it hits, and the journal tells it', async () => {
    const { page, step, id, handTo, complaints } = await open()
    await page.getByText('故障', { exact: true }).click()
    await page.getByTestId('fault-place').selectOption({ label: '手机：wx.login' })
    await page.getByTestId('fault-add').click()
    await page.locator('.pending li').waitFor()
    await handTo(id)
    await step('wx-fault').first().waitFor()
    await page.locator('.pending').waitFor({ state: 'detached' })
    expect(complaints.splice(0)).toEqual([expect.stringContaining('503')])
  })

  it('moves the clock to a moment that is typed, and says so when it is not a later one', async () => {
    const { page, step, phone } = await open()
    const moment = page.getByTestId('moment')
    await moment.fill('yesterday')
    await moment.press('Enter')
    await page.getByText('晚于现在').waitFor()
    const far = tellMoment(system().dev.emulator.control.state().now + 26 * 3_600_000)
    await moment.fill(far)
    await moment.press('Enter')
    await step('clock-moved').first().waitFor()
    await expect.poll(() => moment.inputValue(), patience).toBe(far)
    await page.getByText('晚于现在').waitFor({ state: 'detached' })
    await expect.poll(() => phone.locator('.time').textContent(), patience).toBe(far.slice(11).replace(/^0/, ''))
  })

  it('changes the device: no code in the event of an old base library', async () => {
    const { page, id, handTo, run, button, sheet, phone } = await open()
    await run('parts')
    await handTo(id)
    await page.locator('summary', { hasText: '3.17.0' }).click()
    await page.getByTestId('library').selectOption('2.10.0')
    await page.getByTestId('width').selectOption('320')
    await expect.poll(async () => (await phone.boundingBox())?.width, patience).toBe(342)
    await button('Phone').waitFor()
    await phone.locator('button', { hasText: 'Settings' }).waitFor()
    expect(await sheet.count()).toBe(0)
  })

  it('decides in the person’s place, and goes on after the process was killed', async () => {
    const { page, id, handTo, run, button, phone } = await open()
    await run('parts')
    await handTo(id)
    await page.getByText('弹窗怎么回答').click()
    await page.locator('[data-decision=phone]').selectOption('deny')
    await button('Realtime').click()
    await phone.getByText(/getrealtimephonenumber.*deny/).waitFor()
    await page.getByTestId('kill').click()
    await button('打开小程序').click()
    await phone.getByText('Chip: inside').waitFor()
  })

  it('is whole in a window of a phone, view by view', async () => {
    const { page } = await open({ viewport: { width: 390, height: 844 }, colorScheme: 'dark' })
    for (const view of ['control', 'journal', 'state', 'phone']) {
      await page.locator(`.bar [data-view=${view}]`).click()
      const wide = await page.evaluate(() => document.documentElement.scrollWidth)
      expect(wide, view).toBe(390)
    }
    const unnamed = await page.evaluate(() =>
      [...document.querySelectorAll('button, select, input')]
        .filter(
          node =>
            !node.textContent?.trim() && !node.getAttribute('aria-label') && !(node as HTMLInputElement).labels?.length,
        )
        .map(node => node.outerHTML),
    )
    expect(unnamed).toEqual([])
  })
})
