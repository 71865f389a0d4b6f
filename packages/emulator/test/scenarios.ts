import { expect, test } from 'vitest'
import type { MiniProgram } from '../src/index.ts'
import { createWxRuntime, type ScriptFiles, type WxRuntime, type WxRuntimeOptions } from '../src/wx/index.ts'
import { createWorld, LIN, TEA } from './world.ts'

/** Where a mini program runs: a Node vm, plain Node, or a page. */
export interface Surroundings {
  launch(files: ScriptFiles, runtime: WxRuntime): MiniProgram
  /** Differences of the runtime, such as another way to WeChat's servers. */
  runtime(world: World): Partial<WxRuntimeOptions>
}

type World = ReturnType<typeof createWorld>

interface Stage extends World {
  readonly program: MiniProgram
  readonly runtime: WxRuntime
  readonly restart: () => MiniProgram
}

interface Scenario {
  readonly name: string
  readonly options?: Partial<WxRuntimeOptions>
  act(stage: Stage): Promise<unknown>
  /** What the page has written down in the end. */
  readonly log: readonly string[]
}

/** A page that writes down what it is told. */
const FILES: ScriptFiles = {
  'app.json': '{"pages":["pages/index/index"]}',
  'app.js': `App({ onShow() { this.shown = (this.shown || 0) + 1 } })`,
  'pages/index/index.js': `
    const log = require('./log.js')
    Page({
      data: { log: [] },
      say(...words) { this.setData({ log: log.add(this.data.log, words) }) },
      onLogin() {
        wx.login({
          success: ({ code }) => wx.request({
            url: 'https://tea.test/login', method: 'POST', data: { code },
            success: ({ data }) => this.say('session', data.ok),
            fail: ({ errMsg }) => this.say(errMsg),
          }),
          fail: ({ errMsg, errno }) => this.say(errMsg, errno),
        })
      },
      onPhone({ detail }) { this.say(detail.errMsg, detail.errno, typeof detail.code, typeof detail.encryptedData) },
      onAvatar({ detail }) { this.say(detail.errMsg, /^wxfile:/.test(detail.avatarUrl)) },
      onAgree({ detail }) {
        this.say(detail.errMsg)
        this.resolve({ event: 'agree', buttonId: 'agree' })
      },
      onProfile() {
        wx.getUserProfile({ desc: 'x' }).then(
          ({ userInfo }) => this.say(userInfo.nickName),
          ({ errMsg }) => this.say(errMsg))
      },
      listen() {
        wx.onNeedPrivacyAuthorization((resolve, { referrer }) => {
          this.resolve = resolve
          this.say('needs consent', referrer)
        })
      },
      scope() {
        wx.authorize({ scope: 'scope.camera', complete: ({ errMsg }) => wx.getSetting({
          success: ({ authSetting }) => this.say(errMsg, JSON.stringify(authSetting)) }) })
      },
      order() {
        const told = []
        setTimeout(() => told.push('timer'), 0)
        Promise.resolve().then(() => told.push('then'))
        setTimeout(() => this.say(told.join()), 20)
      },
      keep() {
        wx.setStorageSync('k', { list: [1] })
        this.say(JSON.stringify(wx.getStorageSync('k')))
      },
      read() { this.say(JSON.stringify(wx.getStorageSync('k'))) },
    })`,
  'pages/index/log.js': `exports.add = (log, words) => log.concat(words.filter(word => word !== undefined).join(' '))`,
}

const phone = { openType: 'getPhoneNumber', bind: { getphonenumber: 'onPhone' } } as const
const guarded = { ...TEA, privacy: {} }

const scenarios: readonly Scenario[] = [
  {
    name: 'logs in with callbacks, and the server hears of it',
    act: async ({ program }) => program.dispatch('onLogin', 'tap'),
    log: ['session true'],
  },
  {
    name: 'a phone number is given, then refused',
    async act({ program, runtime }) {
      await program.tap(phone)
      runtime.decide({ decision: 'deny' })
      await program.tap(phone)
    },
    log: ['getPhoneNumber:ok string string', 'getPhoneNumber:fail user deny 103 undefined undefined'],
  },
  {
    name: 'an old base library has no code, Android its own spelling',
    options: { device: { sdkVersion: '2.21.1', platform: 'android' } },
    async act({ program, runtime }) {
      await program.tap(phone)
      runtime.decide({ decision: 'cancel' })
      await program.tap(phone)
    },
    log: ['getPhoneNumber:ok undefined string', 'getPhoneNumber:fail:user cancel undefined undefined'],
  },
  {
    name: 'the session of another device makes nothing fail on the phone',
    async act({ program, control }) {
      program.dispatch('onLogin', 'tap')
      await settled()
      control.rotateKey(LIN.id, TEA.appId)
      await program.tap(phone)
    },
    log: ['session true', 'getPhoneNumber:ok string string'],
  },
  {
    name: 'the page asks for consent, the button gives it, the tap goes on',
    async act({ program, control }) {
      control.apps.put(guarded)
      program.dispatch('listen', 'tap')
      const waiting = program.tap(phone)
      await settled()
      await program.tap({
        openType: 'agreePrivacyAuthorization',
        id: 'agree',
        bind: { agreeprivacyauthorization: 'onAgree' },
      })
      await waiting
    },
    log: ['needs consent button.getPhoneNumber', 'agreePrivacyAuthorization:ok', 'getPhoneNumber:ok string string'],
  },
  {
    name: 'the platform asks for consent, and is silent for ten seconds after a refusal',
    async act({ program, runtime, control }) {
      control.apps.put(guarded)
      runtime.decideDialog('privacy', { decision: 'deny' })
      await program.tap(phone)
      await program.tap(phone)
    },
    log: [
      'getPhoneNumber:fail privacy permission is not authorized 103 undefined undefined',
      'getPhoneNumber:fail privacy permission is not authorized in gap 104 undefined undefined',
    ],
  },
  {
    name: 'an avatar is a temporary file; closing the dialog is told',
    async act({ program, runtime }) {
      const avatar = { openType: 'chooseAvatar', bind: { chooseavatar: 'onAvatar' } }
      await program.tap(avatar)
      runtime.decideDialog('avatar', { decision: 'cancel' })
      await program.tap(avatar)
    },
    log: ['chooseAvatar:ok true', 'chooseAvatar:fail cancel false'],
  },
  {
    name: 'a profile needs a tap',
    async act({ program }) {
      await program.tap({ bind: { tap: 'onProfile' } })
      await settled()
      program.dispatch('onProfile', 'load')
    },
    log: ['微信用户', 'getUserProfile:fail can only be invoked by user TAP gesture.'],
  },
  {
    name: 'a refused scope fails without a dialog',
    async act({ program, runtime }) {
      runtime.decideDialog('scope', { decision: 'deny' })
      program.dispatch('scope', 'tap')
      await settled()
      runtime.decideDialog('scope', { decision: 'allow' })
      program.dispatch('scope', 'tap')
    },
    log: ['authorize:fail auth deny {"scope.camera":false}', 'authorize:fail auth deny {"scope.camera":false}'],
  },
  {
    name: 'offline, then online again',
    async act({ program, runtime }) {
      runtime.connect('none')
      program.dispatch('onLogin', 'tap')
      await settled()
      runtime.connect('wifi')
      program.dispatch('onLogin', 'tap')
    },
    log: ['login:fail network is disconnected 108', 'session true'],
  },
  {
    name: 'what it stored is there at the next launch',
    async act({ program, restart }) {
      program.dispatch('keep', 'tap')
      restart().dispatch('read', 'tap')
    },
    log: ['{"list":[1]}'],
  },
  {
    name: 'promises run before timers',
    act: async ({ program }) => program.dispatch('order', 'tap'),
    log: ['then,timer'],
  },
  {
    name: 'promises run after timers on iOS 15',
    options: { device: { system: 'iOS 15.8' } },
    act: async ({ program }) => program.dispatch('order', 'tap'),
    log: ['timer,then'],
  },
]

const settled = () => new Promise(resolve => setTimeout(resolve, 10))

/** The same stories, wherever the mini program runs. */
export function testScenarios({ launch, runtime: differences }: Surroundings): void {
  test.each(scenarios)('$name', async ({ options = {}, act, log }) => {
    const world = createWorld()
    const network = async () => Response.json({ ok: true })
    const shared = { network, ...differences(world), ...options }
    const open = () => {
      const runtime = shared.cloud
        ? createWxRuntime({ app: TEA, personId: LIN.id, ...shared, cloud: shared.cloud })
        : world.phone(LIN.id, TEA, { network, ...options, timers: REAL_TIMERS })
      return { runtime, program: launch(FILES, runtime) }
    }
    const { runtime, program } = open()
    let shown = program
    const restart = () => {
      shown = open().program
      return shown
    }
    await act({ ...world, program, runtime, restart })
    await expect.poll(() => shown.page.data, { interval: 5 }).toEqual({ log })
  })
}

/** The clock of the world stands still; the timers of these mini programs do not. */
const REAL_TIMERS = {
  after(ms: number, run: () => void) {
    const id = setTimeout(run, ms)
    return () => clearTimeout(id)
  },
}
