import { execFileSync } from 'node:child_process'
import {
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { basename, join } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { createContext, runInContext } from 'node:vm'
import { gzipSync } from 'node:zlib'
import { transform } from 'esbuild'
import ts from 'typescript'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type * as Client from './platforms/wx.ts'
import { settle } from './testing/fake-clock.ts'
import { createFakeServer, type FakeServer } from './testing/fake-server.ts'
import { createMacrotaskPromise } from './testing/macrotask-promise.ts'

const home = fileURLToPath(new URL('..', import.meta.url))
const out = mkdtempSync(join(tmpdir(), 'weapp-auth-client-'))
const platforms = ['wx', 'uni', 'taro']
const ofWechat = ['consent', 'profile', 'sms', 'merge', 'funnel', 'phone', 'behavior']
/** Of the app's own framework: these are in `dist` only. */
const ofFrameworks = ['vue', 'react', 'taro-react']
/** What those load of the app. */
const ofTheApp = ['vue', 'react', '@tarojs/components']
const components = ['phone-button', 'avatar-button', 'nickname-input']
const everywhere = ['index', 'beside', ...platforms, ...ofWechat]
const scripts = [
  ...[...everywhere, ...ofFrameworks].map(name => `dist/${name}.js`),
  ...everywhere.map(name => `miniprogram_dist/${name}.js`),
  ...components.map(name => `miniprogram_dist/components/${name}/${name}.js`),
]
/** KB after gzip. */
const limits: Readonly<Record<string, number>> = {
  index: 6,
  wx: 1,
  uni: 1,
  taro: 1,
  profile: 2.5,
  phone: 1.75,
  behavior: 0.75,
  vue: 0.5,
  react: 0.5,
}
const limitOf = (path: string) => limits[basename(path, '.js')] ?? 1.5
const read = (path: string) => readFileSync(join(out, path), 'utf8')
const manifest = JSON.parse(readFileSync(join(home, 'package.json'), 'utf8'))

beforeAll(() => {
  execFileSync(process.execPath, [join(home, 'build.mjs'), out])
  // Node takes the files as an installed package would be taken.
  copyFileSync(join(home, 'package.json'), join(out, 'package.json'))
}, 120_000)

afterAll(() => rmSync(out, { recursive: true, force: true }))

test.each(scripts.map(path => [path, limitOf(path)] as const))('%s is at most %f KB gzip', (path, limit) => {
  expect(gzipSync(read(path), { level: 9 }).length).toBeLessThanOrEqual(limit * 1024)
})

/** True when lowering changes nothing. Packagers ship packages as they are, so newer syntax would reach old phones. */
async function isES2015(code: string, loader: 'js' | 'ts' = 'js'): Promise<boolean> {
  const print = (target: string) => transform(code, { target, loader, charset: 'utf8', logLevel: 'silent' })
  const [lowered, asItIs] = await Promise.all([print('es2015').catch(() => null), print('esnext')])
  return lowered !== null && lowered.warnings.length === 0 && lowered.code === asItIs.code
}

test.each(scripts)('%s has no syntax newer than ES2015', async path => {
  expect(await isES2015(read(path))).toBe(true)
})

test.each([
  'a?.b',
  'a ?? b',
  'a ||= b',
  'a ** b',
  'async () => {}',
  'for await (const a of b);',
  'b({ ...a })',
  'const { a, ...b } = c',
  'class A { a = 1 }',
  'class A { #a() {} }',
  'class A { static { a() } }',
  'try {} catch {}',
  'a(1n)',
  'a(/(?<=b)c/)',
])('newer syntax would be noticed: %s', async code => {
  expect(await isES2015(code)).toBe(false)
})

/** uni-app compiles these from the package, with the modules beside them. */
const forUni = readdirSync(join(home, 'src/components/uni'))

test.each(forUni)('%s and what it loads from beside it have no syntax newer than ES2015', async name => {
  const file = readFileSync(join(home, 'src/components/uni', name), 'utf8')
  const script = /<script setup lang="ts">([\s\S]*?)<\/script>/.exec(file)?.[1] ?? ''
  const beside = [...script.matchAll(/from '(\.\.[^']*)'/g)].map(match => String(match[1]))
  expect(beside.length).toBeGreaterThan(0)
  const sources = [script, ...beside.map(path => readFileSync(join(home, 'src/components/uni', path), 'utf8'))]
  for (const source of sources) expect(await isES2015(source, 'ts')).toBe(true)
  const sheet = /<style src="([^"]*)">/.exec(file)?.[1] ?? ''
  expect(existsSync(join(home, 'src/components/uni', sheet))).toBe(true)
  expect(manifest.exports['./uni/*.vue']).toBe('./src/components/uni/*.vue')
})

test.each(scripts)('%s neither evaluates text nor loads anything but what it shares with the others', path => {
  expect(read(path)).not.toMatch(/\beval\b|\bFunction\b|\bglobalThis\b|import\(/)
  const loaded = [...read(path).matchAll(/(?:from|require\()\s*["']([^"']+)["']/g)].map(match => match[1])
  const name = basename(path, '.js')
  const own = [...everywhere, ...ofFrameworks].map(other => `${components.includes(name) ? '../../' : './'}${other}.js`)
  const may = name === 'index' ? [] : [...own, ...(ofFrameworks.includes(name) ? ofTheApp : [])]
  expect(loaded.filter(other => !may.includes(other ?? ''))).toEqual([])
})

test('every field of package.json names a file that the build makes', () => {
  const { main, module, miniprogram, types, typesVersions, dependencies } = manifest
  expect(dependencies).toBeUndefined()
  const optional = Object.keys(manifest.peerDependencies).map(name => [name, { optional: true }])
  expect(manifest.peerDependenciesMeta).toEqual(Object.fromEntries(optional))
  expect([miniprogram, main]).toEqual(['miniprogram_dist', 'miniprogram_dist/index.js'])
  const named = [main, module, types, ...Object.values<string[]>(typesVersions['*']).flat()]
  const exports = Object.entries<Record<string, string | Record<string, string>> | string>(manifest.exports)
  const typed = exports.filter(([, entry]) => typeof entry !== 'string').map(([name]) => name)
  for (const [, entry] of exports.filter(([name]) => typed.includes(name)))
    for (const [condition, path] of Object.entries(entry))
      if (condition !== '@weapp-auth/source') named.push(...(typeof path === 'string' ? [path] : Object.values(path)))
  const madeByTsc = (path: string) => path.includes('/types') && !existsSync(join(out, 'dist/types'))
  expect(named.filter(path => !madeByTsc(path) && !existsSync(join(out, path)))).toEqual([])
  expect(typed.sort()).toEqual(['.', ...Object.keys(typesVersions['*']).map(name => `./${name}`)].sort())
  const shipped = [...everywhere.map(name => `${name}.js`), 'components', 'package.json']
  expect(readdirSync(join(out, 'miniprogram_dist')).sort()).toEqual(shipped.sort())
})

test('both forms load in Node, with the same names', async () => {
  for (const name of platforms) {
    const required = createRequire(import.meta.url)(join(out, `miniprogram_dist/${name}.js`))
    const imported = await import(/* @vite-ignore */ pathToFileURL(join(out, `dist/${name}.js`)).href)
    expect(Object.keys(required).sort()).toEqual(['createAuth', `${name}Platform`])
    expect(Object.keys(imported).sort()).toEqual(['createAuth', `${name}Platform`])
  }
  const core = createRequire(import.meta.url)(join(out, 'miniprogram_dist/index.js'))
  expect(Object.keys(core).sort()).toEqual(['OptionInvalid', 'createAuth', 'identifyFailure'])
})

/** Methods that came after ES2015: the built-in core-js of old base libraries has some of them, not all. */
const newer = `
  for (const [owner, names] of [
    [Object, 'entries values fromEntries getOwnPropertyDescriptors groupBy hasOwn'],
    [Array.prototype, 'includes flat flatMap at findLast findLastIndex toSorted toSpliced toReversed with'],
    [String.prototype, 'padStart padEnd matchAll replaceAll trimStart trimEnd at'],
    [Promise, 'allSettled any try withResolvers'],
    [Promise.prototype, 'finally'],
    [this, 'BigInt WeakRef FinalizationRegistry SharedArrayBuffer Atomics Intl WebAssembly globalThis escape unescape'],
  ]) for (const name of names.split(' ')) delete owner[name]
`

interface MiniProgram {
  readonly client: typeof Client
  readonly server: FakeServer
  readonly wxReads: ReadonlySet<string>
}

/** Loads the built CommonJS files into a world that has nothing but what a mini program has. */
function openMiniProgram(promise: 'native' | 'macrotask'): MiniProgram {
  const server = createFakeServer()
  const wxReads = new Set<string>()
  const entries = new Map<string, string>()
  let serial = 0
  const later = (run: () => void) => void setImmediate(run)
  const wx: Record<string, unknown> = {
    getAppBaseInfo: () => ({ SDKVersion: '3.8.0' }),
    login({ success }: { success(result: object): void }) {
      const code = `login-code-${++serial}`
      server.issueLoginCode(code, 1)
      later(() => success({ code, errMsg: 'login:ok' }))
    },
    request(options: {
      url: string
      method: 'GET'
      header: Record<string, string>
      data?: string
      success(result: object): void
    }) {
      const headers = options.header
      const body = options.data === undefined ? undefined : JSON.parse(options.data)
      const { status, body: answer } = server.answer({ ...options, headers, body, timeoutMs: 0 })
      later(() => options.success({ statusCode: status, header: {}, data: JSON.stringify(answer) }))
      return { abort() {} }
    },
    getStorage({ key, success, fail }: { key: string; success(result: object): void; fail(failure: object): void }) {
      const data = entries.get(key)
      later(() => (data === undefined ? fail({ errMsg: 'getStorage:fail data not found' }) : success({ data })))
    },
    setStorage({ key, data, success }: { key: string; data: string; success(result: object): void }) {
      entries.set(key, data)
      later(() => success({ errMsg: 'setStorage:ok' }))
    },
    removeStorage({ key, success }: { key: string; success(result: object): void }) {
      entries.delete(key)
      later(() => success({ errMsg: 'removeStorage:ok' }))
    },
    getRandomValues({ success }: { success(result: object): void }) {
      later(() => success({ randomValues: new Uint8Array([++serial, 2, 3, 4, 5, 6, 7, 8, 9]).buffer }))
    },
    onAppShow() {},
    onNetworkStatusChange() {},
  }
  const watched = new Proxy(wx, {
    get(target, name) {
      wxReads.add(String(name))
      return target[String(name)]
    },
  })
  const context = createContext({ wx: watched, setTimeout, clearTimeout, setInterval, clearInterval, console })
  runInContext(newer, context)
  if (promise === 'macrotask') context.Promise = createMacrotaskPromise(later)
  const modules = new Map<string, object>()
  const load = (path: string): object => {
    const known = modules.get(path)
    if (known) return known
    const exports = {}
    modules.set(path, exports)
    const wrapped = `(function (require, module, exports) {${read(`miniprogram_dist/${path}`)}\n})`
    runInContext(wrapped, context)((name: string) => load(name.replace('./', '')), { exports }, exports)
    return exports
  }
  return { client: load('wx.js') as typeof Client, server, wxReads }
}

test.each(['native', 'macrotask'] as const)(
  'the built files work with what a mini program has: %s promises',
  async promise => {
    const { client, server, wxReads } = openMiniProgram(promise)
    const auth = client.createAuth({ baseUrl: 'https://auth.example.com', appId: 'wx00000000000000a1' })
    const ready = auth.ready()
    expect(ready.constructor.name).toBe(promise === 'native' ? 'Promise' : 'MacrotaskPromise')
    expect(await ready).toMatchObject({ status: 'ready', user: { id: 'user-1' } })
    auth.phoneTapped()
    server.issuePhoneCode('phone-code', '+8613800138000')
    const outcome = await auth.bindPhone({ detail: { errMsg: 'getPhoneNumber:ok', code: 'phone-code' } })
    expect(outcome).toMatchObject({ status: 'bound', phone: { number: '+8613800138000' } })
    server.expireAccess()
    const all = [auth.request({ url: '/v1/me' }), auth.request({ url: '/v1/me' })]
    for (const request of all) expect(await request).toMatchObject({ status: 'answered', response: { status: 200 } })
    const aborted = auth.request({ url: '/v1/me' })
    aborted.abort()
    expect(await aborted).toEqual({ status: 'aborted' })
    server.endSessions()
    server.expireAccess()
    expect(await auth.fetchUser()).toMatchObject({ status: 'ready' })
    await auth.logout()
    expect(await auth.ready()).toMatchObject({ status: 'logged-out' })
    await settle()
    // Launch options, page queries and referrer data are never looked at: a forged share card can do nothing.
    expect([...wxReads].sort()).toEqual([
      'getAppBaseInfo',
      'getRandomValues',
      'getStorage',
      'login',
      'onAppShow',
      'onNetworkStatusChange',
      'onWeappAuth',
      'removeStorage',
      'request',
      'setStorage',
      'weapp-auth/1/wx00000000000000a1 https://auth.example.com',
    ])
  },
)

// `tsc -b` writes the declarations that the published types are made from; `npm test` runs it before the tests.
const compiled = existsSync(join(home, 'dist/declarations/index.d.ts'))

/** Diagnostics of a strict program in a project that has this package and nothing else, or the frameworks as well. */
function complaints(source: string, frameworks: readonly string[] = []): string[] {
  const project = mkdtempSync(join(out, 'project-'))
  const installed = join(project, 'node_modules', '@weapp-auth', 'client')
  mkdirSync(join(installed, '..'), { recursive: true })
  symlinkSync(out, installed)
  for (const name of frameworks) {
    const target = join(project, 'node_modules', name)
    mkdirSync(join(target, '..'), { recursive: true })
    symlinkSync(join(home, '..', '..', 'node_modules', name), target)
  }
  const program = join(project, 'app.ts')
  writeFileSync(program, source)
  const options: ts.CompilerOptions = {
    strict: true,
    noEmit: true,
    lib: frameworks.length > 0 ? ['lib.es2022.d.ts', 'lib.dom.d.ts'] : ['lib.es2015.d.ts'],
    types: [],
    skipLibCheck: frameworks.length > 0,
    preserveSymlinks: true,
    module: ts.ModuleKind.ES2015,
    moduleResolution: ts.ModuleResolutionKind.Bundler,
  }
  const found = ts.getPreEmitDiagnostics(ts.createProgram([program], options))
  return found.map(({ messageText }) => ts.flattenDiagnosticMessageText(messageText, '\n'))
}

test.skipIf(!compiled)(
  'the published types stand alone in a strict program',
  () => {
    const source = `
    import { createAuth, wxPlatform, type PhoneOutcome } from '@weapp-auth/client/wx'
    import { createAuth as onUni } from '@weapp-auth/client/uni'
    import { createAuth as onTaro } from '@weapp-auth/client/taro'
    import { createAuth as onAny, OptionInvalid } from '@weapp-auth/client'
    import { createConsent } from '@weapp-auth/client/consent'
    import { createProfile, type ProfileOutcome } from '@weapp-auth/client/profile'
    import { createSms, type SmsOutcome } from '@weapp-auth/client/sms'
    import { createMerge, type MergeOutcome } from '@weapp-auth/client/merge'
    import { reportFunnel } from '@weapp-auth/client/funnel'
    import { authBehavior } from '@weapp-auth/client/behavior'
    const server = { baseUrl: 'https://auth.example.com', appId: 'wx00000000000000a1' }
    export const auth = reportFunnel(createAuth(server), server)
    export const masked = (outcome: PhoneOutcome): string => 'phone' in outcome ? outcome.phone.masked : outcome.message.zh
    export const other = onAny({ baseUrl: '', appId: '', platform: wxPlatform() })
    export const name = (outcome: ProfileOutcome) => outcome.status === 'saved' ? outcome.user.profile.nickname : null
    export const merge = (code: string): Promise<MergeOutcome> => createMerge({ auth }).merge(code)
    export const wait = (outcome: SmsOutcome): number => outcome.status === 'too-soon' ? outcome.retryAfterMs : 0
    export const rest = [createProfile({ auth }), createSms({ auth }), authBehavior(auth), createConsent, onUni, onTaro, OptionInvalid]
    // @ts-expect-error the platform of /wx is wx
    createAuth({ baseUrl: '' })
    // @ts-expect-error what is not there is not any
    createSms({ auth }).resend()
  `
    expect(complaints(source)).toEqual([])
  },
  120_000,
)

test.skipIf(!compiled)(
  'the published types of the bindings fit those of the frameworks',
  () => {
    const source = `
    import { createElement } from 'react'
    import type { Ref } from 'vue'
    import type { Auth } from '@weapp-auth/client'
    import { usePhone as inVue } from '@weapp-auth/client/vue'
    import { usePhone as inReact } from '@weapp-auth/client/react'
    import { PhoneButton } from '@weapp-auth/client/taro/react'
    declare const auth: Auth
    export const busy: Readonly<Ref<boolean>> = inVue(auth).busy
    export const label: string = inReact(auth).label.zh
    export const button = createElement(PhoneButton, { auth, onBound: outcome => outcome.status })
    // @ts-expect-error a phone button needs the client
    createElement(PhoneButton, {})
    // @ts-expect-error what is not there is not any
    inVue(auth).phone
  `
    expect(complaints(source, ['vue', '@vue', '@types/react', '@types/prop-types', 'csstype'])).toEqual([])
  },
  120_000,
)
