import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type BrowserContextOptions, chromium, type Page } from 'playwright-core'
import { readConfig, startDev } from 'weapp-auth'
import { buildPages } from '../build.mjs'
import { findChromium } from './find-chromium.ts'
import { flags, patience } from './open-phone.ts'

/** The whole system on free ports with the console built from the sources, and a browser to open it. */
export async function startConsole() {
  const folder = mkdtempSync(join(tmpdir(), 'weapp-auth-console-'))
  const [phone, console] = [
    join(folder, 'phone'),
    await buildPages({ site: 'console', outDir: join(folder, 'console') }),
  ]
  const config = readConfig({ PORT: '0', EMULATOR_PORT: '0', WEAPP_DATA: join(folder, 'data') })
  const dev = await startDev(config, { phone, console, err: () => {} })
  const browser = await chromium.launch({ executablePath: findChromium(), args: flags })
  return {
    dev,
    /** Where data and built pages lie until it is closed. */
    folder,
    async open(options: BrowserContextOptions = {}) {
      const context = await browser.newContext({ locale: 'zh-CN', reducedMotion: 'reduce', ...options })
      return openConsolePage(await context.newPage(), dev.url.replace('127.0.0.1', 'localhost'))
    },
    async close() {
      await browser.close()
      await dev.close()
      rmSync(folder, { recursive: true, force: true })
    },
  }
}

/** A page of the console in a fresh browser profile that has a security key of its own. */
export interface ConsolePage {
  readonly page: Page
  readonly url: string
  /** Errors and warnings that the browser wrote, refused requests, broken policies. */
  readonly complaints: string[]
}

async function openConsolePage(page: Page, url: string): Promise<ConsolePage> {
  page.setDefaultTimeout(patience.timeout)
  const complaints: string[] = []
  page.on('console', message => {
    // The browser itself reports the 401 by which the page learns that nobody is signed in.
    const expected = /status of 40[13]/.test(message.text())
    if ((message.type() === 'error' || message.type() === 'warning') && !expected) complaints.push(message.text())
  })
  page.on('pageerror', error => complaints.push(String(error)))
  const devtools = await page.context().newCDPSession(page)
  await devtools.send('WebAuthn.enable')
  await devtools.send('WebAuthn.addVirtualAuthenticator', {
    options: {
      protocol: 'ctap2',
      transport: 'internal',
      hasResidentKey: true,
      hasUserVerification: true,
      isUserVerified: true,
      automaticPresenceSimulation: true,
    },
  })
  return { page, url, complaints }
}

/** Comes by the link that `dev` printed, with a passkey of the page's own security key, and is the first admin. */
export async function joinAsFirst({ page, url }: ConsolePage, invitation: string | null): Promise<void> {
  const link = new URL(invitation ?? '')
  await page.goto(`${url}${link.pathname}${link.hash}`)
  await page.getByLabel('你的名字').fill('chen')
  await page.getByRole('button', { name: '下一步' }).click()
  await page.getByRole('button', { name: '创建通行密钥' }).click()
  await page.getByRole('button', { name: '已经保存' }).click()
  await page.getByRole('heading', { name: '总览' }).waitFor()
}
