import type { Page } from 'playwright-core'
import { describe, expect, it } from 'vitest'
import { seriousFindings } from './axe.ts'
import { newcomers } from './newcomers.ts'
import { patience } from './open-phone.ts'

const { newcomer, open: openPhone } = newcomers({ name: 'reader', numbersFrom: 8900 })

async function open(...how: Parameters<typeof openPhone>) {
  const { id } = newcomer('阿青')
  const opened = await openPhone(...how)
  const { page, handTo, phoneButton } = opened
  const bar = page.locator('.bar')
  if (await bar.isVisible()) await bar.locator('[data-view=control]').click()
  await handTo(id)
  if (await bar.isVisible()) await bar.locator('[data-view=phone]').click()
  await phoneButton.and(page.locator(':enabled')).waitFor()
  return opened
}

/** The colours inside the phone are WeChat's and the mini program's. */
async function findings(page: Page): Promise<readonly string[]> {
  const around = await seriousFindings(page, { context: { exclude: ['.phone'] } })
  const options = { rules: { 'color-contrast': { enabled: false } } }
  return [...around, ...(await seriousFindings(page, { context: { include: ['.phone'] }, options }))]
}

const openAll = (page: Page) =>
  page.locator('.controls details').evaluateAll(all => {
    for (const one of all) (one as HTMLDetailsElement).open = true
  })

describe('without serious findings of axe-core', { timeout: 180_000 }, () => {
  for (const colorScheme of ['light', 'dark'] as const)
    it(`${colorScheme}: every control, sheet, journal, state, gallery`, async () => {
      const { page, phoneButton, sheet, phone, button, run } = await open({ colorScheme })
      expect(await findings(page), 'first view').toEqual([])
      await openAll(page)
      await page.getByTestId('add-person').click()
      await page.getByTestId('fault-place').selectOption({ index: 1 })
      await page.getByTestId('fault-add').click()
      await page.locator('.pending li').waitFor()
      expect(await findings(page), 'everything unfolded').toEqual([])
      await phoneButton.click()
      await sheet.waitFor()
      expect(await findings(page), 'the sheet').toEqual([])
      await sheet.getByRole('button', { name: '允许' }).click()
      await page.locator('.step[data-mood=failed]').first().waitFor()
      expect(await findings(page), 'a failure').toEqual([])
      await phone.getByText(/\*{6}/).first().waitFor()
      await page.locator('.tabs [data-view=state]').click()
      await page.locator('[data-machine=session] [data-on=true]', { hasText: 'in' }).waitFor()
      expect(await findings(page), 'the state').toEqual([])
      await page.getByTestId('scenarios').click()
      await page.locator('dialog[open]').waitFor()
      expect(await findings(page), 'the gallery').toEqual([])
      await page.keyboard.press('Escape')
      await page.locator('dialog[open]').waitFor({ state: 'detached' })
      await run('parts')
      await button('Avatar').click()
      await sheet.waitFor()
      expect(await findings(page), 'the components').toEqual([])
    })

  it('in a window of a phone, view by view, in English', async () => {
    const { page } = await open({ viewport: { width: 390, height: 844 }, locale: 'en-US' })
    for (const view of ['control', 'journal', 'state', 'phone']) {
      await page.locator(`.bar [data-view=${view}]`).click()
      if (view === 'control') await openAll(page)
      expect(await findings(page), view).toEqual([])
    }
  })
})

describe('the keyboard alone', { timeout: 120_000 }, () => {
  it('goes through the page from the top, and everything that has the focus shows it', async () => {
    const { page } = await open()
    const stops: string[] = []
    await page.getByTestId('program').focus()
    for (let presses = 0; presses < 40; presses++) {
      await page.keyboard.press('Tab')
      stops.push(
        await page.evaluate(() => {
          const inner = (root: Document | ShadowRoot): Element | null =>
            root.activeElement?.shadowRoot ? inner(root.activeElement.shadowRoot) : root.activeElement
          const element = inner(document)
          if (!element || element === document.body) return 'out'
          const { outlineStyle, outlineWidth } = getComputedStyle(element)
          const seen = outlineStyle !== 'none' && outlineWidth !== '0px'
          const areas = ['top', 'stage', 'control', 'side']
          const area = areas.find(name => document.querySelector(`.${name}`)?.contains(document.activeElement))
          return `${area} ${seen ? 'seen' : `unseen ${element.outerHTML.slice(0, 120)}`}`
        }),
      )
    }
    expect(stops.filter(stop => stop.includes('unseen'))).toEqual([])
    const order = stops.map(stop => stop.split(' ')[0]).filter((area, index, all) => area !== all[index - 1])
    expect(order.slice(0, 4)).toEqual(['top', 'stage', 'control', 'side'])
  })

  it('stays inside of the sheet, leaves it with Escape and is where it was', async () => {
    const { page, button, sheet, run } = await open()
    await run('parts')
    await button('Avatar').focus()
    await page.keyboard.press('Enter')
    await sheet.waitFor()
    for (const key of [...Array<string>(7).fill('Tab'), ...Array<string>(7).fill('Shift+Tab')]) {
      await page.keyboard.press(key)
      expect(await sheet.evaluate(node => node.contains(document.activeElement))).toBe(true)
    }
    await page.keyboard.press('Escape')
    await sheet.waitFor({ state: 'detached' })
    await expect.poll(() => button('Avatar').evaluate(node => node.matches(':focus')), patience).toBe(true)
  })

  it('opens the gallery, closes it with Escape and is where it was', async () => {
    const { page } = await open()
    await page.getByTestId('scenarios').focus()
    await page.keyboard.press('Enter')
    await page.locator('dialog[open]').waitFor()
    await page.keyboard.press('Escape')
    await page.locator('dialog[open]').waitFor({ state: 'detached' })
    expect(await page.getByTestId('scenarios').evaluate(node => node.matches(':focus'))).toBe(true)
  })

  it('is told of a failure by a screen reader', async () => {
    const { page } = await open()
    const told = page.getByTestId('failure-told')
    expect(await told.getAttribute('aria-live')).toBe('polite')
    await page.locator('summary', { hasText: '故障' }).click()
    await page.getByTestId('fault-place').selectOption({ label: '手机：wx.login' })
    await page.getByTestId('fault-add').click()
    await page.locator('.pending li').waitFor()
    await page.getByTestId('wipe').click()
    await expect.poll(() => told.textContent(), patience).toMatch(/失败：.+/)
  })

  it('nothing moves where less motion is wished', async () => {
    const { page, phoneButton, sheet } = await open({ reducedMotion: 'reduce' })
    await phoneButton.click()
    await sheet.waitFor()
    const longest = await page.evaluate(() =>
      Math.max(0, ...document.getAnimations().map(one => Number(one.effect?.getComputedTiming().duration))),
    )
    expect(longest).toBeLessThanOrEqual(1)
  })
})
