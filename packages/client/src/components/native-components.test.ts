import { execFileSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { createContext, runInContext } from 'node:vm'
import { TmplGroup } from 'glass-easel-template-compiler'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { Auth } from '../index.ts'
import { answerRoutes, granted } from '../testing/answer-routes.ts'
import { settle } from '../testing/fake-clock.ts'
import { createFakePhone, type FakePhone } from '../testing/fake-phone.ts'
import { launch } from '../testing/launch.ts'
import { watchedAuth } from '../testing/watched-auth.ts'

const home = fileURLToPath(new URL('../..', import.meta.url))
const out = mkdtempSync(join(tmpdir(), 'weapp-auth-components-'))
beforeAll(() => void execFileSync(process.execPath, [join(home, 'build.mjs'), out]), 120_000)
afterAll(() => rmSync(out, { recursive: true, force: true }))

const names = ['phone-button', 'avatar-button', 'nickname-input'] as const
type Name = (typeof names)[number]
const read = (path: string) => readFileSync(join(out, 'miniprogram_dist', path), 'utf8')
const file = (name: Name, ending: string) => read(`components/${name}/${name}.${ending}`)

interface Definition {
  readonly behaviors?: readonly Definition[]
  readonly properties?: object
  readonly data?: object
  readonly lifetimes?: Readonly<Record<string, () => void>>
  readonly methods?: Readonly<Record<string, (argument?: unknown) => unknown>>
}

const itself = (definition: Definition) => definition

/** The built file in a world that has nothing but what a mini program has. */
function load(name: Name, auth: Auth | undefined, language?: string): Definition {
  const registered: Definition[] = []
  const register = (definition: Definition) => registered.push(definition)
  const context = createContext({
    Component: register,
    Behavior: itself,
    getApp: () => ({ auth }),
    wx: language ? { getAppBaseInfo: () => ({ language }) } : {},
  })
  const modules = new Map<string, object>()
  const require = (path: string): object => {
    const known = modules.get(path)
    if (known) return known
    const exports = {}
    modules.set(path, exports)
    const wrapped = `(function (require, module, exports) {${read(path)}\n})`
    runInContext(wrapped, context)((other: string) => require(other.replace(/^(\.\.?\/)+/, '')), { exports }, exports)
    return exports
  }
  require(`components/${name}/${name}.js`)
  const [definition] = registered
  if (!definition) throw new Error('nothing was registered')
  return definition
}

/** Behaviors first, as WeChat merges them. */
const layers = (definition: Definition): Definition[] => [...(definition.behaviors ?? []), definition]

function place(definition: Definition) {
  const all = layers(definition)
  const events: { name: string; detail: { status?: string } }[] = []
  const component = {
    data: Object.assign({}, ...all.map(({ data }) => data)) as Record<string, unknown>,
    setData: (part: object) => void Object.assign(component.data, part),
    triggerEvent: (name: string, detail: object) => events.push({ name, detail }),
  }
  const methods = Object.assign({}, ...all.map(layer => layer.methods)) as NonNullable<Definition['methods']>
  Object.assign(component, methods)
  const live = (hook: string) => {
    for (const { lifetimes } of all) lifetimes?.[hook]?.call(component)
  }
  live('attached')
  const call = (method: string, argument?: unknown) => methods[method]?.call(component, argument)
  return { component, events, call, close: () => live('detached') }
}

async function open(name: Name, phone: FakePhone = createFakePhone()) {
  const { auth, watching } = watchedAuth(await launch(phone))
  return { phone, auth, watching, ...place(load(name, auth)) }
}

test.each(names)('%s: the template compiles, and names only what the component has', async name => {
  const template = file(name, 'wxml')
  const group = new TmplGroup()
  expect(group.addTmpl(name, template)).toEqual([])
  group.free()
  const all = layers(load(name, await launch(createFakePhone())))
  const known = all.flatMap(({ data, properties }) => Object.keys({ ...data, ...properties }))
  const methods = all.flatMap(layer => Object.keys(layer.methods ?? {}))
  const bound = [...template.matchAll(/\bbind\w+="(\w+)"/g)].map(match => match[1])
  expect(bound.filter(method => !methods.includes(method ?? ''))).toEqual([])
  const used = [...template.matchAll(/\{\{(.*?)\}\}/g)]
    .flatMap(match => [...(match[1] ?? '').replace(/'[^']*'/g, '').matchAll(/(?<![.\w])[a-zA-Z]\w*/g)])
    .map(match => match[0])
  expect(used.filter(field => field !== 'true' && !known.includes(field))).toEqual([])
  expect(JSON.parse(file(name, 'json'))).toMatchObject({ component: true })
})

test.each(names)('%s: every class of the template has a rule, 44 px high at least, light and dark', name => {
  const sheet = file(name, 'wxss')
  const used = new Set(file(name, 'wxml').match(/weapp-auth-[a-z]+/g))
  expect([...used].filter(one => !sheet.includes(`.${one}`))).toEqual([])
  expect(sheet).toContain('min-height: 44px')
  expect(sheet).toContain('prefers-color-scheme: dark')
  expect(sheet).toMatch(/var\(--weapp-auth-[a-z-]+, /)
})

test.each(names)('%s: without App({ auth }) the mistake is named', name => {
  expect(() => place(load(name, undefined))).toThrow(/"auth" must be given to the app/)
})

test.each(names)('%s: taken off the page it hears nothing any more', async name => {
  const { watching, close } = await open(name)
  expect(watching()).toBe(1)
  close()
  expect(watching()).toBe(0)
})

test('phone-button: bound, declined and failed are events of their own', async () => {
  const { call, events, phone, component } = await open('phone-button')
  expect(component.data.auth).toMatchObject({ step: 'offer', busy: false })
  call('phoneTapped')
  expect(component.data.auth).toMatchObject({ busy: true })
  await call('onGetPhoneNumber', { detail: { errMsg: 'getPhoneNumber:fail user deny' } })
  await call('onGetPhoneNumber', { detail: { errMsg: 'getPhoneNumber:fail no permission' } })
  await call('onGetPhoneNumber', phone.agreed())
  expect(events.map(({ name, detail }) => `${name} ${detail.status}`)).toEqual([
    'declined declined',
    'failed not-permitted',
    'bound bound',
  ])
  call('onAgree')
  expect(events.at(-1)?.name).toBe('agreed')
})

test('phone-button: drawn before it is attached, it is busy and lacks nothing', () => {
  const [drawn] = layers(load('phone-button', undefined))
  expect(drawn?.data).toMatchObject({ auth: { step: 'offer', busy: true, openType: '', outcome: null } })
})

test('phone-button: what was not delivered makes an ordinary button that sends it again; one event tells of the end', async () => {
  const { call, events, phone, component } = await open('phone-button')
  phone.fates.push('lost-after', 'lost-after', 'lost-after', 'lost-after')
  const tap = call('onGetPhoneNumber', phone.agreed())
  await phone.clock.advance(6000)
  expect(component.data.auth).toMatchObject({ step: 'retry', openType: '' })
  call('phoneTapped')
  await tap
  await settle()
  expect(events.map(({ name }) => name)).toEqual(['delayed', 'bound'])
  expect([...phone.server.paid.values()]).toEqual([1])
})

test('avatar-button: shows the picture while it is on its way, and the one of the server afterwards', async () => {
  const phone = createFakePhone()
  const { call, events, component } = await open('avatar-button', phone)
  const user = phone.server.user()
  const avatarUrl = 'https://auth.example.com/v1/avatars/k'
  answerRoutes(phone.server, '/v1/profile', () =>
    granted({ user: { ...user, profile: { nickname: null, avatarUrl } } }),
  )
  phone.manual = true
  const chosen = call('onChooseAvatar', { detail: { avatarUrl: 'wxfile://tmp/1.png' } })
  await settle()
  expect(component.data).toMatchObject({ preview: 'wxfile://tmp/1.png', saving: true })
  phone.wire[0]?.deliver('ok')
  await chosen
  expect(component.data).toMatchObject({ preview: '', avatarUrl, saving: false })
  expect(events).toMatchObject([{ name: 'saved' }])
  await call('onChooseAvatar', { detail: { errMsg: 'chooseAvatar:fail cancel' } })
  expect(events.at(-1)).toMatchObject({ name: 'declined', detail: { status: 'cancelled' } })
})

test('nickname-input: typing is no event; the verdict of the check is', async () => {
  const { call, events } = await open('nickname-input')
  await call('onNickname', { type: 'input', detail: { value: '坏' } })
  await call('onNickname', { type: 'blur', detail: { value: '坏' } })
  expect(events).toEqual([])
  await call('onNickname', { type: 'nicknamereview', detail: { pass: false, timeout: false } })
  expect(events).toMatchObject([{ name: 'failed', detail: { status: 'rejected' } }])
})

test.each([
  ['zh_CN', 'zh'],
  ['en', 'en'],
  [undefined, 'zh'],
])('the language is that of WeChat: %s', async (said, language) => {
  const { component } = place(load('phone-button', await launch(createFakePhone()), said))
  expect(component.data.language).toBe(language)
})
