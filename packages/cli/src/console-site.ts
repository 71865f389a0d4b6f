import { readFile } from 'node:fs/promises'
import { extname, join, normalize, sep } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { gzip } from 'node:zlib'
import type { WholeAnswer } from '@weapp-auth/server'

/** What the console needs to know of a request. */
interface ConsoleRequest {
  readonly method: string
  readonly url: string
  readonly headers: { get(name: string): string | null }
}

/** The pages of the operators' console, under `/console/`. */
export interface ConsoleSite {
  /** `null` for every other path. */
  answer(request: ConsoleRequest): Promise<WholeAnswer> | null
}

const types: Readonly<Record<string, string>> = {
  '.css': 'text/css; charset=utf-8',
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
}

/** Only files of the console itself: no inline script or style, no frame around it, nothing from elsewhere. */
const policy =
  "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; font-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"

const common = {
  'content-security-policy': policy,
  'cross-origin-opener-policy': 'same-origin',
  'cross-origin-resource-policy': 'same-origin',
  'permissions-policy': 'camera=(), geolocation=(), microphone=(), publickey-credentials-get=(self)',
  'referrer-policy': 'no-referrer',
  'x-content-type-options': 'nosniff',
  'x-frame-options': 'DENY',
}

const unbuilt = `控制台的页面还没有编译：在代码仓库中执行 npm run build。
The pages of the console are not built yet: run npm run build in the repository.
`

const compress = promisify(gzip)

interface Page {
  readonly plain: Uint8Array<ArrayBuffer>
  readonly gzipped: Uint8Array<ArrayBuffer>
}

/**
 * Serves the built pages from one folder and from nowhere else. Every path of the console that is no file is its page,
 * which reads the path itself.
 *
 * @example
 * const site = createConsoleSite()
 * await site.answer(new Request('https://auth.example.com/console/'))
 */
export function createConsoleSite(folder = fileURLToPath(new URL('../dist/console', import.meta.url))): ConsoleSite {
  const pages = new Map<string, Promise<Page | null>>()

  function pageOf(name: string): Promise<Page | null> {
    const file = normalize(join(folder, name))
    if (!file.startsWith(normalize(folder + sep)) || types[extname(file)] === undefined) return Promise.resolve(null)
    const page = pages.get(file) ?? readPage(file)
    pages.set(file, page)
    page.then(found => found ?? pages.delete(file))
    return page
  }

  async function answer({ method, headers }: ConsoleRequest, path: string): Promise<WholeAnswer> {
    if (path === '/console') return { status: 302, headers: { ...common, location: '/console/' }, body: null }
    if (method !== 'GET' && method !== 'HEAD') return note(405, 'GET\n', { allow: 'GET, HEAD' })
    const name = path.slice('/console/'.length)
    const isFile = name.startsWith('assets/')
    const page = await pageOf(isFile ? name : 'index.html')
    if (!page) return isFile ? note(404, '404\n') : note(503, unbuilt)
    const zipped = /\bgzip\b/.test(headers.get('accept-encoding') ?? '')
    return {
      status: 200,
      headers: {
        ...common,
        'content-type': types[extname(isFile ? name : 'index.html')] ?? 'application/octet-stream',
        // The name of a file changes with its content.
        'cache-control': isFile ? 'public, max-age=31536000, immutable' : 'no-cache',
        vary: 'accept-encoding',
        ...(zipped && { 'content-encoding': 'gzip' }),
      },
      body: zipped ? page.gzipped : page.plain,
    }
  }

  return {
    answer(request) {
      const { url } = request
      const start = url.indexOf('/', url.indexOf('//') + 2)
      if (!url.startsWith('/console', start)) return null
      const path = url.slice(start).replace(/[?#].*$/, '')
      return path === '/console' || path.startsWith('/console/') ? answer(request, path) : null
    },
  }
}

async function readPage(file: string): Promise<Page | null> {
  try {
    const content = await readFile(file)
    return { plain: new Uint8Array(content), gzipped: new Uint8Array(await compress(content, { level: 9 })) }
  } catch {
    return null
  }
}

const note = (status: number, body: string, more: Readonly<Record<string, string>> = {}): WholeAnswer => ({
  status,
  headers: { ...common, 'content-type': 'text/plain; charset=utf-8', 'cache-control': 'no-store', ...more },
  body,
})
