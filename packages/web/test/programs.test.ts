import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { isBuilt, type PhonePage, startSystem } from './open-phone.ts'

const minute = 60_000
let system: Awaited<ReturnType<typeof startSystem>>
let opened: PhonePage | undefined

beforeAll(async () => {
  system = await startSystem()
}, 2 * minute)
afterAll(() => system?.close())
afterEach(async () => {
  await opened?.page.context().close()
  expect(opened?.complaints.splice(0) ?? []).toEqual([])
})

let people = 0
async function open(options?: Parameters<typeof system.open>[0], hash?: string) {
  const id = `program-${++people}`
  system.dev.emulator.control.people.put({ id, name: `新人${people}`, phones: [{ number: `1380013${8200 + people}` }] })
  opened = await system.open(options, hash)
  return { ...opened, id }
}

describe('the programs', { timeout: minute }, () => {
  it.each([
    ['native', true],
    ['uni-app', isBuilt['uni-app']],
    ['taro', isBuilt.taro],
  ] as const)('%s logs in, asks once and shows the number', async (name, built) => {
    if (!built) return
    const { id, run, handTo, phoneButton, sheet, phone } = await open()
    await run(name)
    await handTo(id)
    await phoneButton.click()
    await sheet.getByRole('button', { name: '允许' }).click()
    await phone.getByText(/^138\*{6}\d\d$/).waitFor()
  })

  it('shows how a program is built that is not there yet', async () => {
    const { run, phone } = await open()
    await run('unbuilt')
    await phone.getByText('unbuilt · 还没有构建').waitFor()
  })

  it('forgets nothing of one program while another runs', async () => {
    const { id, run, handTo, phoneButton, sheet, phone } = await open()
    await handTo(id)
    await phoneButton.click()
    await sheet.getByRole('button', { name: '允许' }).click()
    await phone.getByText(/^138\*{6}\d\d$/).waitFor()
    await run('parts')
    await phone.getByText('Chip: inside').waitFor()
    await run('native')
    await phone.getByText(/^138\*{6}\d\d$/).waitFor()
  })
})

describe('scenarios', { timeout: minute }, () => {
  const play = async (index: number) => {
    const all = await open()
    await all.phoneButton.waitFor()
    await all.page.getByTestId('scenarios').click()
    await all.page.locator(`[data-scenario="${index}"] .main`).click()
    const strip = all.page.locator('.strip')
    await expect.poll(() => strip.getAttribute('data-mood'), { timeout: 40_000 }).toBe('done')
    return { ...all, strip }
  }

  it.each([
    ['one tap', 0],
    ['declined, then allowed', 1],
    ['the ordering trap', 2],
    ['ten minutes in the background', 3],
    ['ten minutes in front of the sheet', 4],
    ['a double tap', 7],
    ['a lost answer', 9],
    ['an old Android phone', 12],
  ])('"%s" ends with the number on the page', async (_, index) => {
    const { phone, complaints } = await play(index)
    await phone.getByText('120******01').waitFor()
    complaints.splice(0)
  })

  it('tells the state of the client and of WeChat', async () => {
    const { page } = await play(0)
    await page.locator('.tabs [data-view=state]').click()
    await page.locator('[data-machine=session] [data-on=true]', { hasText: 'in' }).waitFor()
    await page.locator('[data-key=fine]').waitFor()
    expect(await page.locator('[data-fact=quota]').textContent()).toContain('999')
  })

  it('shows the privacy gate and the quota', async () => {
    const gate = await play(5)
    await gate.page.locator('.tabs [data-view=state]').click()
    await expect.poll(() => gate.page.locator('[data-fact=privacy]').textContent()).toBe('已同意')
    await gate.page.context().close()
    const quota = await play(8)
    await quota.step('phone-sheet-refused').first().waitFor()
    await quota.phone.getByRole('status').first().waitFor()
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
    await expect.poll(() => strip.getAttribute('data-mood'), { timeout: 20_000 }).toBe('done')
    await strip.getByText('A shared scenario').waitFor()
    expect(await strip.locator('li').allTextContents()).toEqual(['cold start', 'tap the phone button', 'decline'])
  })

  it('says what is wrong with a damaged link', async () => {
    const { page } = await open({}, '#v1/abc')
    await page.getByTestId('link-problem').getByText('链接不完整').waitFor()
  })
})

describe('control', { timeout: minute }, () => {
  it('adds somebody with two numbers, whom WeChat takes for a risk', async () => {
    const { page, step } = await open()
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
    opened?.complaints.splice(0)
  })

  it('plans a fault, shows it until it hits, and the journal tells it', async () => {
    const { page, step, id, handTo } = await open()
    await page.getByText('故障', { exact: true }).click()
    await page.getByTestId('fault-place').selectOption({ label: '手机：wx.login' })
    await page.getByTestId('fault-add').click()
    await page.locator('.pending li').waitFor()
    await handTo(id)
    await step('wx-fault').first().waitFor()
    await page.locator('.pending').waitFor({ state: 'detached' })
    expect(opened?.complaints.splice(0)).toEqual([expect.stringContaining('503')])
  })

  it('changes the device: no code in the event of an old base library', async () => {
    const { page, id, handTo, run, button, sheet, phone } = await open()
    await run('parts')
    await handTo(id)
    await page.locator('summary', { hasText: '3.17.0' }).click()
    await page.getByTestId('library').selectOption('2.10.0')
    await page.getByTestId('width').selectOption('320')
    await expect.poll(async () => (await phone.boundingBox())?.width).toBe(342)
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
