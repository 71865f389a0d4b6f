import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { type BrowserContextOptions, chromium, type Locator, type Page } from 'playwright-core'
import { readConfig, startDev } from 'weapp-auth'
import { findMiniProgram } from '../build/index.ts'
import { buildPages } from '../build.mjs'
import { findChromium } from './find-chromium.ts'

/** What makes Chromium quiet and able to run in a container. */
export const flags = [
  ...['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking'],
  ...['--disable-component-update', '--disable-sync'],
]

const here = (path: string) => fileURLToPath(new URL(path, import.meta.url))
/** Somewhere else than in the clone, when a test session has built them there. */
const examples = process.env.WEAPP_AUTH_EXAMPLES ?? here('../../../examples')

/** Published notes whose pages run as they were written; {@link startSystem} switches their wire formats on, as `dev` does. */
export const oldPages = ['000', '001', '002', '003a', '003b', '004'] as const

/** What frameworks build of the examples, by name. */
const builds = {
  'uni-app': 'uni-app/dist/build/mp-weixin',
  'taro-vite': 'taro/dist/vite',
  'taro-webpack5': 'taro/dist/webpack5',
}
export const buildNames = Object.keys(builds) as (keyof typeof builds)[]

/** Mini programs of the tests by name. */
const programs: Readonly<Record<string, string>> = {
  parts: here('programs/parts'),
  ...Object.fromEntries(Object.entries(builds).map(([name, path]) => [name, join(examples, path)])),
  ...Object.fromEntries(oldPages.map(name => [name, join(examples, 'sources', name)])),
  unbuilt: here('programs/unbuilt'),
}

/** Whether there is something to run: the examples of frameworks are built by `npm run test:frameworks`. */
export const isBuilt = (name: string): boolean => findMiniProgram(programs[name] ?? '').root !== null

/** How long a test on a busy machine waits for what must come. */
export const patience = { timeout: 30_000 }

/** The whole system on free ports, with the pages built from the sources, and a browser to look at them. */
export async function startSystem() {
  const folder = mkdtempSync(join(tmpdir(), 'weapp-auth-web-'))
  const phone = await buildPages({ outDir: join(folder, 'phone') })
  const config = readConfig({ PORT: '0', EMULATOR_PORT: '0', WEAPP_DATA: join(folder, 'data') })
  const projects = Object.entries(programs).map(([name, path]) => `${name}=${path}`)
  const dev = await startDev(config, { phone, projects, err: () => {} })
  const browser = await chromium.launch({ executablePath: findChromium(), args: flags })
  return {
    dev,
    open: async (options: BrowserContextOptions = {}, hash = '') => {
      const context = await browser.newContext({
        locale: 'zh-CN',
        viewport: { width: 1440, height: 900 },
        reducedMotion: 'reduce',
        permissions: ['clipboard-read', 'clipboard-write'],
        ...options,
      })
      return openPhone(await context.newPage(), dev.url, hash)
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
  /** A dialog that WeChat draws. */
  readonly sheet: Locator
  /** The button that asks for the phone number, however the program words it. */
  readonly phoneButton: Locator
  /** A button inside the phone. */
  button(name: string | RegExp): Locator
  /** A step of the journal by its technical name. */
  step(what: string): Locator
  /** Gives the phone to another person and waits for the launch. */
  handTo(personId: string): Promise<void>
  /** Runs another mini program. */
  run(program: string): Promise<void>
}

/** glass-easel says so where WeChat's own tools do: a page hands null to a property that wants a text. */
const typeNotes = /received type-incompatible value/

async function openPhone(page: Page, url: string, hash: string): Promise<PhonePage> {
  page.setDefaultTimeout(patience.timeout)
  const complaints: string[] = []
  page.on('console', message => {
    const bad = message.type() === 'error' || message.type() === 'warning'
    if (bad && !typeNotes.test(message.text())) complaints.push(message.text())
  })
  page.on('pageerror', error => complaints.push(String(error)))
  page.on('requestfailed', request => {
    const reason = request.failure()?.errorText
    if (reason !== 'net::ERR_ABORTED') complaints.push(`${request.url()} ${reason}`)
  })
  page.on('request', request => {
    if (!request.url().startsWith(url) && !/^(data|blob):/.test(request.url()))
      complaints.push(`left: ${request.url()}`)
  })
  await page.goto(`${url}/phone/${hash}`)
  const phone = page.locator('.phone')
  return {
    page,
    complaints,
    phone,
    sheet: phone.getByRole('dialog'),
    phoneButton: phone.locator('button[wx-open-type^=getPhoneNumber]'),
    button: name => phone.getByRole('button', { name }),
    step: what => page.locator(`.step[data-what="${what}"]`),
    handTo: async personId => {
      await page.locator(`[data-person=${personId}]`).click()
      await page.locator(`.stage[data-running$="/${personId}"]`).waitFor({ state: 'attached' })
    },
    run: async program => {
      await page.locator('.stage:not([data-running=""])').waitFor({ state: 'attached' })
      await page.getByTestId('program').selectOption(program)
      if (program !== 'unbuilt')
        await page.locator(`.stage[data-running^="${program}/"]`).waitFor({ state: 'attached' })
    },
  }
}
