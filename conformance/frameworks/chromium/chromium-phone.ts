import { fileURLToPath } from 'node:url'
import type { Emulator, PhoneDecision } from '@weapp-auth/emulator'
import { compileMiniProgram } from '@weapp-auth/web/compile'
import { build } from 'esbuild'
import { type Browser, type BrowserContext, chromium, type Page, type Route } from 'playwright-core'
import { app } from '../../stage.ts'
import type { InSheet, OpenPhone, PhoneOptions, SeenButton } from '../street.ts'

/** The page is where the examples think their server is, so that no rule about origins is in the way. */
const origin = 'http://127.0.0.1:8787'
const flags = ['--no-sandbox', '--disable-gpu', '--no-first-run', '--disable-background-networking']
const style = 'html, body { margin: 0 } main { position: relative; width: 375px; height: 812px; container-type: size }'
const html = `<!doctype html><style>${style}</style><main></main><script type="module" src="/page.js"></script>`

interface ChromiumPhones {
  readonly open: OpenPhone
  close(): Promise<void>
}

/** Runs a built mini program in a Chromium, pressed by its mouse; nothing listens on a port. */
export async function chromiumPhones(root: string): Promise<ChromiumPhones> {
  const executablePath = process.env.CHROMIUM_PATH
  const browser = await chromium.launch({ args: flags, ...(executablePath ? { executablePath } : {}) })
  const scripts: Scripts = { '/page.js': await bundlePage(), '/mini-program.js': await compileMiniProgram({ root }) }
  const profiles = createProfiles(browser)
  return {
    open: async options => openPhone(await (await profiles(options.emulator)).newPage(), scripts, options),
    close: () => browser.close(),
  }
}

/**
 * The browser tells of every answer that is no success; the host of what a page has not set before its first look, as
 * WeChat does, and of properties of WeChat's components that it does not draw.
 */
const expected =
  /^Failed to load resource|^property "\w+" received type-incompatible value: .* but get null|^"\w+" is not a valid property/

type Scripts = Readonly<Record<string, string>>

async function bundlePage(): Promise<string> {
  const { outputFiles } = await build({
    entryPoints: [fileURLToPath(new URL('page.mjs', import.meta.url))],
    bundle: true,
    format: 'esm',
    target: 'es2022',
    write: false,
  })
  return outputFiles[0]?.text ?? ''
}

/** One browser profile for each emulator: what a mini program stored is there at its next launch. */
function createProfiles(browser: Browser): (emulator: Emulator) => Promise<BrowserContext> {
  let current: { readonly emulator: Emulator; readonly context: BrowserContext } | undefined
  return async emulator => {
    if (current?.emulator === emulator) return current.context
    await current?.context.close()
    const context = await browser.newContext({
      locale: 'zh-CN',
      viewport: { width: 375, height: 812 },
      reducedMotion: 'reduce',
    })
    current = { emulator, context }
    return context
  }
}

async function openPhone(page: Page, scripts: Scripts, options: PhoneOptions): ReturnType<OpenPhone> {
  const { emulator, personId, device, network, failed, decideDialog } = options
  page.setDefaultTimeout(5000)
  let inSheet: InSheet = { decision: 'allow' }

  async function answer(route: Route): Promise<void> {
    const { pathname } = new URL(route.request().url())
    const script = scripts[pathname]
    if (script !== undefined) return route.fulfill({ contentType: 'text/javascript', body: script })
    if (pathname === '/') return route.fulfill({ contentType: 'text/html', body: html })
    try {
      const request = await toRequest(route)
      const response = await (pathname.startsWith('/_emulator/') ? emulator.fetch(request) : network(request))
      const body = Buffer.from(await response.arrayBuffer())
      await route.fulfill({ status: response.status, headers: Object.fromEntries(response.headers), body })
    } catch {
      await route.abort()
    }
  }

  const rest = () => page.evaluate('phone.rest(false)')
  const settled = () => page.evaluate('phone.rest(true)')

  async function button(label?: string) {
    const { buttons } = await look()
    const at = label === undefined ? 0 : buttons.findIndex(one => one.label === label || one.openType === label)
    const found = buttons[at]
    if (!found) throw new Error(`there is no button "${label}", only ${buttons.map(one => one.label).join(', ')}`)
    if (found.disabled) throw new Error(`"${found.label}" is disabled`)
    return top(page).locator('button').nth(at)
  }

  const look = () =>
    page.evaluate<{ texts: string[]; pictures: string[]; buttons: (SeenButton & { openType: string | null })[] }>(
      'phone.look()',
    )
  const act = async (script: string) => {
    await page.evaluate(script)
    await rest()
  }

  page.on('pageerror', failed)
  page.on('console', message => {
    const ours = message.type() === 'error' || message.type() === 'warning'
    if (ours && !expected.test(message.text())) failed(new Error(message.text()))
  })
  await page.exposeFunction('tellFailure', (text: string) => failed(new Error(text)))
  await page.exposeFunction('decideDialog', decideDialog)
  await page.exposeFunction(
    'decide',
    async (): Promise<PhoneDecision> => (typeof inSheet === 'function' ? inSheet() : inSheet),
  )
  await page.route('**/*', answer)
  await page.goto(`${origin}/`)
  const launch = { app: { appId: app.appId, name: app.name }, personId, device, now: emulator.control.clock.now() }
  await page.waitForFunction('globalThis.phone')
  await act(`phone.open(${JSON.stringify(launch)})`)

  return {
    texts: async () => (await look()).texts.join(' | '),
    pictures: async () => (await look()).pictures,
    buttons: async () =>
      (await look()).buttons.map(({ openType, ...seen }) => (openType ? { ...seen, openType } : seen)),
    async press(label, next = { decision: 'allow' }) {
      inSheet = next
      await (await button(label)).click()
      await settled()
    },
    async pressTwice() {
      await (await button()).dblclick()
      await settled()
    },
    async type(placeholder, text) {
      const field = top(page).getByPlaceholder(placeholder)
      await field.fill(text)
      await field.blur()
      await rest()
    },
    leave: () => act('phone.leave()'),
    enter: () => act('phone.enter()'),
    back: () => act('phone.back()'),
    clockMoved: () => act(`phone.moveTo(${emulator.control.clock.now()})`),
    close: () => page.close(),
  }
}

function top(page: Page) {
  return page.locator('.page-layer').last()
}

async function toRequest(route: Route): Promise<Request> {
  const asked = route.request()
  const body = asked.postDataBuffer()
  return new Request(asked.url(), {
    method: asked.method(),
    headers: await asked.allHeaders(),
    ...(body ? { body: new Uint8Array(body) } : {}),
  })
}
