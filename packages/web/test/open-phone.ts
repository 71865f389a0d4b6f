import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type BrowserContextOptions, chromium, type Locator, type Page } from 'playwright-core'
import { readConfig, startDev } from 'weapp-auth'
import { buildPages } from '../build.mjs'
import { findChromium } from './find-chromium.ts'

/** What makes Chromium quiet and able to run in a container. */
const flags = [
  ...['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking'],
  ...['--disable-component-update', '--disable-sync'],
]

/** The whole system on free ports, with the pages built from the sources, and a browser to look at them. */
export async function startSystem() {
  const folder = mkdtempSync(join(tmpdir(), 'weapp-auth-web-'))
  const phone = await buildPages({ outDir: join(folder, 'phone') })
  const config = readConfig({ PORT: '0', EMULATOR_PORT: '0', WEAPP_DATA: join(folder, 'data') })
  const dev = await startDev(config, { phone, err: () => {} })
  const browser = await chromium.launch({ executablePath: findChromium(), args: flags })
  return {
    dev,
    open: async (options: BrowserContextOptions = {}) => {
      const context = await browser.newContext({
        locale: 'zh-CN',
        viewport: { width: 1280, height: 860 },
        reducedMotion: 'reduce',
        ...options,
      })
      return openPhone(await context.newPage(), dev.url)
    },
    close: async () => {
      await browser.close()
      await dev.close()
      rmSync(folder, { recursive: true, force: true })
    },
  }
}

/** The phone page in a fresh browser profile. */
export interface PhonePage {
  readonly page: Page
  /** Console errors, uncaught errors, refused and failed requests, in order; a test takes out those it expects. */
  readonly complaints: string[]
  readonly phone: Locator
  readonly sheet: Locator
  /** A button inside the phone. */
  button(name: string | RegExp): Locator
  /** A step of the journal by its technical name. */
  step(what: string): Locator
  /** Gives the phone to another person and waits for the launch. */
  handTo(personId: string): Promise<void>
}

async function openPhone(page: Page, url: string): Promise<PhonePage> {
  page.setDefaultTimeout(10_000)
  const complaints: string[] = []
  page.on('console', message => {
    if (message.type() === 'error' || message.type() === 'warning') complaints.push(message.text())
  })
  page.on('pageerror', error => complaints.push(String(error)))
  page.on('requestfailed', request => {
    const reason = request.failure()?.errorText
    if (reason !== 'net::ERR_ABORTED') complaints.push(`${request.url()} ${reason}`)
  })
  page.on('request', request => {
    if (!request.url().startsWith(url) && !request.url().startsWith('data:')) complaints.push(`left: ${request.url()}`)
  })
  await page.goto(url)
  const phone = page.locator('.phone')
  return {
    page,
    complaints,
    phone,
    sheet: page.getByRole('dialog'),
    button: name => phone.getByRole('button', { name }),
    step: what => page.locator(`.step[data-what="${what}"]`),
    handTo: async personId => {
      await page.locator(`[data-person=${personId}]`).click()
    },
  }
}
