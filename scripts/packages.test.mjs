import { spawnSync } from 'node:child_process'
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { checkPackage, createPackageFromTarballData } from '@arethetypeswrong/core'
import { publint } from 'publint'
import { formatMessage } from 'publint/utils'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'

/*
 * What npm would publish, in an empty project: nothing there leads back to the sources, and of other people's packages
 * only those can be found that the manifests declare.
 */

const root = join(dirname(fileURLToPath(import.meta.url)), '..')
const patience = 300_000
const folders = readdirSync(join(root, 'packages'))
const manifests = Object.fromEntries(
  folders.map(folder => {
    const manifest = JSON.parse(readFileSync(join(root, 'packages', folder, 'package.json'), 'utf8'))
    return [manifest.name, manifest]
  }),
)
const names = Object.keys(manifests)
const project = mkdtempSync(join(tmpdir(), 'weapp-auth-packages-'))
const modules = join(project, 'node_modules')
const tarballs = {}

/** What publint may say: the client runs in mini programs, and is built by whatever Node their tools bring. */
const accepted = { '@weapp-auth/client': ['USE_ENGINES_NODE'] }
/** Entry points that have no types: a style sheet, and what the simulator loads into its page. */
const untyped = ['./taro/style.css', './host']

beforeAll(() => {
  for (const folder of folders) {
    const packed = run('npm', ['pack', join(root, 'packages', folder), '--pack-destination', project, '--json'])
    const [{ filename, name }] = JSON.parse(packed)
    tarballs[name] = readFileSync(join(project, filename))
    mkdirSync(join(modules, name), { recursive: true })
    run('tar', ['-xzf', join(project, filename), '-C', join(modules, name), '--strip-components=1'])
  }
  const declared = names.flatMap(name => {
    const { dependencies = {}, peerDependencies = {} } = manifests[name]
    return Object.keys({ ...dependencies, ...peerDependencies })
  })
  for (const name of new Set([...declared, '@types/node'])) if (!manifests[name]) borrow(name)
  writeFileSync(join(project, 'package.json'), JSON.stringify({ name: 'consumer', private: true, type: 'module' }))
}, patience)

afterAll(() => rmSync(project, { recursive: true, force: true }), patience)

/** Other people's packages come from this workspace, so that nothing has to be fetched. */
function borrow(name) {
  const from = join(root, 'node_modules', name)
  if (!existsSync(from)) return
  mkdirSync(dirname(join(modules, name)), { recursive: true })
  symlinkSync(from, join(modules, name), 'junction')
}

function run(command, args) {
  const { status, stdout, stderr } = spawnSync(command, args, { cwd: project, encoding: 'utf8' })
  if (status !== 0) throw new Error(`${command} ${args.join(' ')}\n${stdout}${stderr}`)
  return stdout
}

/** The entry points that are modules: `@weapp-auth/server/sqlite` and the file that Node takes, `null` without one. */
function entriesOf(name) {
  return Object.entries(manifests[name].exports ?? {}).flatMap(([path, target]) => {
    if (typeof target === 'string' || path.includes('*')) return []
    return [{ specifier: join(name, path).replaceAll('\\', '/'), target }]
  })
}

describe.each(names)('%s', name => {
  const at = path => join(modules, name, path)
  const packed = () => readdirSync(at('.'), { recursive: true }).map(path => path.replaceAll('\\', '/'))

  test('holds every file that its manifest names', () => {
    const { exports = {}, main, module, types, bin = {}, miniprogram } = manifests[name]
    const targets = value => (typeof value === 'string' ? [value] : Object.values(value).flatMap(targets))
    const files = [...targets(exports), ...targets(bin), main, module, types, miniprogram]
    for (const file of files.filter(file => file && !file.includes('*') && !/^\.\/(src|build)\//.test(file)))
      expect(packed(), file).toContain(file.replace(/^\.\//, ''))
  })

  test('holds no test, no secret and nothing of this machine', () => {
    const strays = packed().filter(path =>
      /\.test\.|(^|\/)(\.env|keys\.json|node_modules)|\.sqlite$|\.tsbuildinfo$/.test(path),
    )
    expect(strays).toEqual([])
    expect(packed()).toContain('package.json')
    for (const path of packed().filter(path => /\.(m?js|d\.ts|json)$/.test(path)))
      expect(readFileSync(at(path), 'utf8').includes(root), path).toBe(false)
  })

  test(
    'is as publint wants it',
    async () => {
      const { messages, pkg } = await publint({ pack: { tarball: new Uint8Array(tarballs[name]).buffer } })
      const told = messages.filter(({ code }) => !accepted[name]?.includes(code))
      expect(told.map(message => formatMessage(message, pkg, { color: false }))).toEqual([])
    },
    patience,
  )

  test(
    'has types that are true of its scripts, for all that docs/versions.md names: ES modules, no "node10"',
    async () => {
      const packed = createPackageFromTarballData(tarballs[name])
      const { problems } = await checkPackage(packed, { excludeEntrypoints: untyped })
      const told = problems.filter(({ kind, resolutionKind, resolutionOption }) => {
        return kind !== 'CJSResolvesToESM' && resolutionKind !== 'node10' && resolutionOption !== 'node10'
      })
      expect(told).toEqual([])
    },
    patience,
  )

  test('says which Node, which licence and that npm may publish it', () => {
    const { license, publishConfig, private: hidden, version } = manifests[name]
    expect({ license, access: publishConfig?.access, hidden, version }).toEqual({
      license: 'MIT',
      access: 'public',
      hidden: undefined,
      version: manifests['weapp-auth'].version,
    })
  })
})

/** What the mini program and its frameworks load; these have the global things of a browser or of WeChat. */
const ofMiniPrograms = entriesOf('@weapp-auth/client')
const typed = names.flatMap(entriesOf).filter(({ target }) => target.types)

test.each([
  ['nodenext', { module: 'nodenext', moduleResolution: 'nodenext' }],
  ['bundler', { module: 'esnext', moduleResolution: 'bundler' }],
])(
  'a consumer that resolves as %s finds the types of every entry point',
  (kind, options) => {
    const lines = typed.map(({ specifier }, index) => `import * as entry${index} from '${specifier}'`)
    const used = `export const entries: readonly object[] = [${typed.map((_, index) => `entry${index}`).join(', ')}]`
    const use = `
import { explain, type Explanation } from '@weapp-auth/protocol/explain'
import { createServer, generateKeyring, type Server } from '@weapp-auth/server'
export const found: readonly Explanation[] = explain('40029')
export const make = (options: Parameters<typeof createServer>[0]): Server => createServer({ ...options, keys: generateKeyring() })
// @ts-expect-error an explanation is of a text
explain(40029)`
    writeFileSync(join(project, `${kind}.ts`), [...lines, used, use].join('\n'))
    const compilerOptions = {
      target: 'es2022',
      lib: ['es2022', 'dom'],
      types: ['node'],
      strict: true,
      noEmit: true,
      jsx: 'preserve',
    }
    const config = { compilerOptions: { ...compilerOptions, skipLibCheck: true, ...options }, files: [`${kind}.ts`] }
    writeFileSync(join(project, `tsconfig.${kind}.json`), JSON.stringify(config))
    run(process.execPath, [join(root, 'node_modules', 'typescript', 'bin', 'tsc'), '-p', `tsconfig.${kind}.json`])
  },
  patience,
)

test(
  'Node loads every entry point that is for it, and a user of the packed emulator logs in to the packed server',
  () => {
    const own = [
      '@weapp-auth/protocol',
      '@weapp-auth/wechat',
      '@weapp-auth/server',
      '@weapp-auth/emulator',
      'weapp-auth',
    ]
    const specifiers = own.flatMap(entriesOf).map(({ specifier }) => specifier)
    const missing = specifiers.filter(specifier => needsWhatIsNotHere(specifier))
    writeFileSync(
      join(project, 'consumer.mjs'),
      `
for (const specifier of ${JSON.stringify(specifiers.filter(one => !missing.includes(one)))}) await import(specifier)
const { createEmulator } = await import('@weapp-auth/emulator')
const { createServer, generateKeyring } = await import('@weapp-auth/server')
const { createMemoryStore } = await import('@weapp-auth/server/memory')
const { createWechat } = await import('@weapp-auth/wechat')
const app = { appId: 'wx0000000000000001', secret: '00000000000000000000000000000001', name: 'Tea' }
const emulator = createEmulator({ apps: [app], people: [{ id: 'lin', name: 'Lin', phones: [] }] })
const wechat = createWechat({ apps: [app], fetch: request => emulator.fetch(request) })
const issuer = 'https://auth.example.com'
const server = createServer({ apps: [{ appId: app.appId }], store: createMemoryStore(), wechat, keys: generateKeyring(), issuer })
const { code } = await emulator.wx('lin', app.appId).wx.login()
const body = JSON.stringify({ appId: app.appId, code, nonce: crypto.randomUUID() })
const headers = { 'content-type': 'application/json' }
const answer = await server.fetch(new Request(issuer + '/v1/login', { method: 'POST', body, headers }))
console.log(answer.status)
wechat.close()
await server.close()
emulator.close()
`,
    )
    expect(run(process.execPath, ['consumer.mjs']).trim()).toBe('200')
  },
  patience,
)

/** Entry points over a package that its user installs, where this workspace has none. */
function needsWhatIsNotHere(specifier) {
  const needed = {
    'sms-tencent': 'tencentcloud-sdk-nodejs-sms',
    'sms-aliyun': '@alicloud/dysmsapi20170525',
    tracing: '@opentelemetry/api',
  }
  const name = needed[specifier.split('/').at(-1)]
  return name !== undefined && !existsSync(join(modules, name))
}

test(
  'the packed command line runs',
  () => {
    const bin = join(modules, 'weapp-auth', manifests['weapp-auth'].bin['weapp-auth'])
    expect(run(process.execPath, [bin, '--version']).trim()).toBe(manifests['weapp-auth'].version)
    expect(run(process.execPath, [bin, 'explain', '40029'])).toContain('[errcode 40029]')
  },
  patience,
)

describe('the folder that "build npm" of the developer tools copies', () => {
  const folder = join(modules, '@weapp-auth', 'client', manifests['@weapp-auth/client'].miniprogram)
  const scripts = () => readdirSync(folder, { recursive: true }).filter(path => path.endsWith('.js'))

  test('is plain CommonJS whose files find each other', () => {
    expect(scripts().length).toBeGreaterThan(8)
    for (const path of scripts()) {
      const text = readFileSync(join(folder, path), 'utf8')
      expect(/^\s*(import|export)\s/m.test(text), path).toBe(false)
      for (const [, required] of text.matchAll(/\brequire\(["']([^"']+)["']\)/g)) {
        expect(required.startsWith('.'), `${path}: ${required}`).toBe(true)
        const target = join(folder, dirname(path), required)
        expect(existsSync(target) || existsSync(`${target}.js`), `${path}: ${required}`).toBe(true)
      }
    }
  })

  test('has index.js, and a file for each entry point of native mini programs', () => {
    for (const name of ['index', 'wx', 'uni', 'taro', 'consent', 'profile', 'sms', 'merge', 'phone', 'behavior'])
      expect(scripts()).toContain(`${name}.js`)
    expect(ofMiniPrograms.length).toBeGreaterThan(8)
  })

  test('has script, settings and page of each component', () => {
    const components = join(folder, 'components')
    const made = readdirSync(components, { withFileTypes: true }).filter(entry => entry.isDirectory())
    expect(made.map(({ name }) => name).sort()).toEqual(['avatar-button', 'nickname-input', 'phone-button'])
    for (const { name } of made) {
      const extensions = readdirSync(join(components, name)).map(file => file.split('.').at(-1))
      expect(extensions, name).toEqual(expect.arrayContaining(['js', 'json', 'wxml']))
    }
  })
})
