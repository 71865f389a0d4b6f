import { describe, expect, test } from 'vitest'
import { createWorld } from '../../test/world.ts'
import { runMiniProgram } from './run-mini-program.ts'

const settled = () => new Promise(resolve => setTimeout(resolve))

const APP_JSON = JSON.stringify({ pages: ['pages/index/index', 'pages/me/me'] })

function run(files: Record<string, string>, network = async () => Response.json({ phone: '138****8000' })) {
  const world = createWorld()
  const runtime = world.phone(undefined, undefined, { network })
  const program = runMiniProgram({
    files: { 'app.json': APP_JSON, 'app.js': 'App({})', 'pages/me/me.js': 'Page({})', ...files },
    runtime,
  })
  return { ...world, runtime, program }
}

/** A native page as a person writes it. */
const NATIVE = `
const { post } = require('../../api')
Page({
  data: { phone: '', codes: [] },
  onLoad(query) { this.loaded = query },
  async onShow() {
    const { code } = await wx.login()
    this.setData({ 'codes[0]': code })
  },
  onPhone(e) {
    if (!e.detail.code) return
    post('/v1/phone', { code: e.detail.code }, data => this.setData({ phone: data.phone }))
  },
})`
const API = `exports.post = (path, data, done) =>
  wx.request({ url: 'https://tea.test' + path, method: 'POST', data, success: res => done(res.data) })`

describe('a native page', () => {
  test('logs in when it is shown, and shows the phone after one tap', async () => {
    const { program, session } = run({ 'pages/index/index.js': NATIVE, 'api.js': API })
    await settled()
    const [code] = program.page.data.codes as string[]
    expect(await session(String(code))).toHaveProperty('openid')
    const detail = await program.tapPhoneButton('onPhone')
    expect(detail.errMsg).toBe('getPhoneNumber:ok')
    await settled()
    expect(program.page.data.phone).toBe('138****8000')
  })

  test('gets plain events whose fields are all their own', () => {
    const { program, control } = run({ 'pages/index/index.js': 'Page({ onTap(e) { return e } })' })
    control.clock.advance(1500)
    const source = { id: 'go', dataset: { sid: '7' }, mark: { place: 'top' } }
    const event = program.dispatch('onTap', 'tap', { x: 1 }, source) as object
    expect(Object.getPrototypeOf(event)).toBe(Object.prototype)
    expect(event).toEqual({
      type: 'tap',
      timeStamp: 1500,
      detail: { x: 1 },
      target: { id: 'go', dataset: { sid: '7' }, offsetLeft: 0, offsetTop: 0 },
      currentTarget: { id: 'go', dataset: { sid: '7' }, offsetLeft: 0, offsetTop: 0 },
      mark: { place: 'top' },
    })
    expect(Object.keys(event)).toEqual(['type', 'timeStamp', 'detail', 'target', 'currentTarget', 'mark'])
    expect(() => program.dispatch('onNothing', 'tap')).toThrow(
      'does not have a method "onNothing" to handle event "tap"',
    )
  })

  test('has the data, methods and life times of its behaviors', async () => {
    const behavior = `const lived = []
      const watch = Behavior({
        data: { shown: 0, from: 'behavior' },
        lifetimes: { attached() { lived.push('attached') }, detached() { lived.push('detached') } },
        pageLifetimes: { show() { this.count() } },
        methods: { count() { this.setData({ shown: this.data.shown + 1 }) } },
      })`
    const { program, runtime } = run({
      'pages/index/index.js': `${behavior}; Page({ behaviors: [watch], data: { from: 'page' }, onLoad() { lived.push('load') } })`,
      'pages/me/me.js': `${behavior}; Page({ behaviors: [watch], onUnload() { lived.push('unload'); wx.lived = lived } })`,
    })
    expect(program.page.data).toEqual({ shown: 1, from: 'page' })
    await runtime.wx.navigateTo({ url: '../me/me' })
    await runtime.wx.navigateBack()
    expect(program.page.data.shown).toBe(2)
    expect(runtime.wx.lived).toEqual(['attached', 'unload', 'detached'])
  })

  test('hears nothing of a button when it was left in the meantime', async () => {
    const { program, runtime } = run({
      'pages/index/index.js': 'Page({})',
      'pages/me/me.js': "Page({ onPhone() { throw new Error('nobody is here') } })",
    })
    await runtime.wx.navigateTo({ url: '../me/me' })
    runtime.decide(async () => {
      await runtime.wx.navigateBack()
      return { decision: 'allow' }
    })
    const bind = { getphonenumber: 'onPhone' }
    expect(await program.tap({ openType: 'getPhoneNumber', bind })).toMatchObject([{ type: 'getphonenumber' }])
  })

  test('navigates with wx, and the app hears of background and foreground', async () => {
    const lived = `const lived = getApp().lived
      Page({ onShow() { lived.push('show') }, onHide() { lived.push('hide') }, onUnload() { lived.push('unload') } })`
    const { program, runtime } = run({
      'app.js': `App({ lived: [], onLaunch({ scene }) { this.lived.push(scene) },
        onShow() { this.lived.push('app show') }, onHide() { this.lived.push('app hide') } })`,
      'pages/index/index.js': lived,
      'pages/me/me.js': 'Page({ onLoad(query) { this.setData({ query }) } })',
    })
    await runtime.wx.navigateTo({ url: '/pages/me/me?from=index' })
    expect(program.page.data).toEqual({ query: { from: 'index' } })
    expect(program.pages.map(page => page.route)).toEqual(['pages/index/index', 'pages/me/me'])
    await runtime.wx.navigateBack()
    runtime.hide()
    runtime.show()
    expect((program.app as { lived: unknown[] }).lived).toEqual([
      1001,
      'app show',
      'show',
      'hide',
      'show',
      'hide',
      'app hide',
      'app show',
      'show',
    ])
  })
})

describe('built output of uni-app', () => {
  // The shape that its compiler writes: pages are components made inside vendor.js, handlers are data.
  const VENDOR = `
    const names = ['createApp', 'createPage', 'createComponent', 'createPluginApp', 'createSubpackageApp']
    for (const name of names) wx[name] = options => (name === 'createApp' ? App(options) : Component(options))
    const info = wx.getSystemInfoSync ? wx.getSystemInfoSync() : {}
    exports.platform = info.platform
    exports.patch = e => {
      if (!Object.prototype.hasOwnProperty.call(e, 'detail')) e.detail = {}
      e.target = Object.assign({}, e.target, e.detail)
      return e
    }`
  const PAGE = `
    const vendor = require('../../common/vendor.js')
    wx.createPage({
      options: { multipleSlots: true },
      properties: { uP: null, title: { type: String, value: '登录' } },
      behaviors: [Behavior({ data: { base: 1 } })],
      data: { b: '' },
      lifetimes: {
        attached() {
          this.e0 = e => this.setData({ got: vendor.patch(e).detail.errMsg, target: e.target })
          this.setData({ b: 'e0' })
        },
      },
      methods: { onLoad(query) { this.query = query }, onShow() { this.shown = true } },
    })`

  test('registers pages from inside its own file and calls handlers that exist only at run time', async () => {
    const { program } = run({
      'common/vendor.js': VENDOR,
      'app.js': `require('./common/vendor.js'); wx.createApp({ globalData: {} })`,
      'pages/index/index.js': PAGE,
    })
    expect(program.page.data).toEqual({ uP: null, title: '登录', base: 1, b: 'e0' })
    expect(program.page).toMatchObject({ shown: true, query: {} })
    await program.tapPhoneButton(String(program.page.data.b), { id: 'go' })
    expect(program.page.data).toMatchObject({
      got: 'getPhoneNumber:ok',
      target: { id: 'go', errMsg: 'getPhoneNumber:ok' },
    })
  })
})

describe('built output of Taro', () => {
  // The shape that its compiler writes: one handler for all events, a tree as data, chunks in wx.webpackJsonp.
  const TARO = `
    (wx.webpackJsonp = wx.webpackJsonp || []).push(['taro'])
    exports.env = wx.env
    exports.config = () => ({
      data: { root: { cn: [] } },
      onLoad(options) { this.setData({ root: { cn: [{ cn: [{ v: '授权', sid: '2' }] }] } }) },
      onReady() {},
      eh(e) {
        const sid = e.currentTarget.id || e.currentTarget.dataset.sid
        setTimeout(() => this.setData({ 'root.cn.[0].cn.[0].v': e.type + ' ' + sid + ' ' + e.detail.errMsg }))
      },
    })
    exports.create = () => Page(exports.config())`

  test('writes deep into its tree with dotted indexes, a macrotask after the event', async () => {
    const { program, runtime } = run({
      'taro.js': TARO,
      'app.js': `require('./taro'); App({ onLaunch() {} })`,
      'pages/index/index.js': `require('../../taro.js').create()`,
    })
    await program.tapPhoneButton('eh', { dataset: { sid: '2' } })
    await settled()
    expect(program.page.data).toEqual({
      root: { cn: [{ cn: [{ v: 'getphonenumber 2 getPhoneNumber:ok', sid: '2' }] }] },
    })
    expect(runtime.wx.webpackJsonp).toEqual([['taro']])
  })
})

describe('the logic layer', () => {
  const names = [
    'window',
    'document',
    'process',
    'fetch',
    'URL',
    'crypto',
    'localStorage',
    'Buffer',
    'queueMicrotask',
    'structuredClone',
  ]

  test('has none of the globals of browsers and Node', () => {
    const { program } = run({
      'pages/index/index.js': `Page({ data: { found: ${JSON.stringify(names)}.filter(name => name in globalThis) } })`,
    })
    expect(program.page.data.found).toEqual([])
  })

  test('has a global that can be written, and one world per launch', () => {
    const page = `global.count = (global.count || 0) + 1; Array.mine = true
      Page({ data: { count: global.count, getApp: typeof getApp, pages: getCurrentPages().length } })`
    const [first, second] = [run({ 'pages/index/index.js': page }), run({ 'pages/index/index.js': page })]
    expect(first.program.page.data).toEqual({ count: 1, getApp: 'function', pages: 0 })
    expect(second.program.page.data.count).toBe(1)
    expect('mine' in Array).toBe(false)
  })

  test('makes no code from text, except for the one phrase that finds the global object', () => {
    const attempt = (text: string) => `(() => { try { return String(${text}) } catch (e) { return e.name } })()`
    const { program } = run({
      'pages/index/index.js': `Page({ data: {
        eval: ${attempt("eval('1')")},
        made: ${attempt("new Function('return 1')()")},
        called: ${attempt("Function('a', 'return a')(1)")},
        global: ${attempt("Function('return this')() === globalThis")},
      } })`,
    })
    expect(program.page.data).toEqual({ eval: 'EvalError', made: 'EvalError', called: 'EvalError', global: 'true' })
  })

  test('finds modules by relative path, from the root, by folder and in miniprogram_npm, and runs each once', () => {
    const { program } = run({
      'pages/index/index.js': `Page({ data: { found: [
        require('./near').name, require('../../util/far.js').name, require('/util/far').name,
        require('sdk').name, require('sdk/wx').name, require('near.js') === require('./near') ] } })`,
      'pages/index/near.js': `module.exports = { name: 'near' }`,
      'util/far.js': `exports.name = 'far'`,
      'miniprogram_npm/sdk/index.js': `exports.name = require('./wx').name + ' index'`,
      'miniprogram_npm/sdk/wx.js': `exports.name = 'wx'`,
    })
    expect(program.page.data.found).toEqual(['near', 'far', 'far', 'wx index', 'wx', true])
  })

  test('loads the components of a page once, also one that uses itself, and can mount them', () => {
    const { program } = run({
      'pages/index/index.js': 'Page({})',
      'pages/index/index.json': JSON.stringify({ usingComponents: { comp: '../../comp' } }),
      'comp.js': `Component({ properties: { n: Number }, attached() { this.setData({ twice: this.data.n * 2 }) } })`,
      'comp.json': JSON.stringify({ usingComponents: { comp: './comp' } }),
    })
    expect(program.components('pages/index/index')).toEqual({ comp: 'comp' })
    expect(program.mount('comp', { properties: { n: 4 } }).instance.data).toEqual({ n: 4, twice: 8 })
    expect(() => program.mount('none')).toThrow('no component was registered for "none"')
  })

  test('a component of a package, or of app.json, hands its events to the page until it is gone', async () => {
    const { program } = run({
      'app.json': JSON.stringify({ pages: ['pages/index/index'], usingComponents: { every: '/every' } }),
      'pages/index/index.js': 'Page({ heard: [], on({ type, detail }) { this.heard.push([type, detail.n]) } })',
      'pages/index/index.json': JSON.stringify({ usingComponents: { button: 'sdk/button' } }),
      'every.js': 'Component({})',
      'miniprogram_npm/sdk/button.js': `Component({
        lifetimes: { detached() { this.triggerEvent('left', { n: 0 }) } },
        methods: { tap() { this.triggerEvent('done', { n: 1 }) } },
      })`,
    })
    expect(program.components('pages/index/index')).toEqual({ every: 'every', button: 'miniprogram_npm/sdk/button' })
    const component = program.mount('miniprogram_npm/sdk/button', { bind: { done: 'on', left: 'on' } })
    await program.tap({ component, bind: { tap: 'tap' } })
    component.unmount()
    await program.tap({ component, bind: { tap: 'tap' } })
    expect(program.page.heard).toEqual([
      ['done', 1],
      ['left', 0],
    ])
    expect(program.mount('every').instance.data).toEqual({})
  })

  test('says which file is missing, is no JSON or throws', () => {
    expect(() => run({ 'pages/index/index.js': `require('./gone')` })).toThrow(
      "module './gone' is not defined, require'd from pages/index/index.js",
    )
    expect(() => run({})).toThrow('pages/index/index.js is missing')
    expect(() => run({ 'app.json': '{' })).toThrow('app.json is not JSON')
    expect(() => run({ 'pages/index/index.js': 'oops(' })).toThrow(expect.objectContaining({ name: 'SyntaxError' }))
    const program = () => run({ 'pages/index/index.js': 'Page({ onLoad() { missing() } })' })
    expect(program).toThrow('missing is not defined')
  })

  test('Date tells the time of the emulator', () => {
    const { program, control } = run({
      'pages/index/index.js': `Page({ onTap: () => [
        Date.now(), new Date().getTime(), Date().length > 20, new Date(0).getTime(),
        new Date() instanceof Date, new Date().constructor === Date, Date.UTC(1970, 0, 2) ] })`,
    })
    control.clock.advance(86_400_000)
    const now = control.clock.now()
    expect(program.dispatch('onTap', 'tap')).toEqual([now, now, true, 0, true, true, 86_400_000])
  })

  test('timers of a mini program obey the clock and its life cycle', () => {
    const page = `Page({ data: { ticks: 0 }, onLoad() {
      setInterval(() => this.setData({ ticks: this.data.ticks + 1 }), 1000) } })`
    const { program, control, runtime } = run({ 'pages/index/index.js': page })
    control.clock.advance(1000)
    expect(program.page.data.ticks).toBe(1)
    runtime.hide()
    control.clock.advance(5000)
    control.clock.advance(60_000)
    expect(program.page.data.ticks).toBe(2)
  })
})
