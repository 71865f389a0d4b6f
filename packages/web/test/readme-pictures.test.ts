import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'
import { startSystem } from './open-phone.ts'

/** The pictures at the top of both READMEs; `README_PICTURES=1 npx vitest run packages/web/test/readme-pictures.test.ts` takes them anew. */
const pictures = [
  ['zh-CN', 'phone.zh-CN.webp'],
  ['en-US', 'phone.en.webp'],
] as const
const folder = fileURLToPath(new URL('../../../docs/images/', import.meta.url))
const size = { width: 1360, height: 900 }
/** In the gallery: ten minutes in front of the sheet. */
const scenario = 4

describe('the pictures of the READMEs', { timeout: 240_000 }, () => {
  it.runIf(process.env.README_PICTURES)('are taken', async () => {
    const system = await startSystem()
    mkdirSync(folder, { recursive: true })
    for (const [locale, name] of pictures) {
      const { page, phone, phoneButton } = await system.open({ locale, viewport: size })
      await phoneButton.waitFor()
      await page.locator('.journal header button').last().click()
      await page.getByTestId('scenarios').click()
      await page.locator(`[data-scenario="${scenario}"] .main`).click()
      await page.locator('.strip[data-mood=done]').waitFor({ timeout: 90_000 })
      await phone.getByText('120******01').waitFor()
      await page.mouse.move(0, 0)
      await page.locator('.control').evaluate(panel => panel.scrollTo(0, 0))
      const chromium = await page.context().newCDPSession(page)
      const { data } = await chromium.send('Page.captureScreenshot', { format: 'webp', quality: 84 })
      writeFileSync(folder + name, Buffer.from(data, 'base64'))
      await page.context().close()
    }
    await system.close()
  })

  it.each(pictures)('one for %s is there, in its size and light enough', (_, name) => {
    const bytes = readFileSync(folder + name)
    expect(bytes.length).toBeLessThan(120 * 1024)
    // The extended form: width and height less one, three bytes each.
    expect(bytes.toString('latin1', 8, 16)).toBe('WEBPVP8X')
    expect([bytes.readUIntLE(24, 3) + 1, bytes.readUIntLE(27, 3) + 1]).toEqual([size.width, size.height])
  })
})
