import { createEmulator, type EmulatedPerson, type Emulator, type WxGlobal, type WxRuntime } from '@weapp-auth/emulator'
import type { Assumption } from './assumptions.ts'
import type { Fetch, Phone, Tools } from './strategy.ts'
import type { Rotator, Spell, Timeline } from './timeline.ts'
import { createVirtualTime, type VirtualTime } from './virtual-time.ts'
import type { Word } from './words.ts'

const noon = Date.UTC(2026, 10, 21, 4)
const app = { appId: 'wx00000000000000a1', secret: '0123456789abcdef0123456789abcdef', name: 'Corner Shop' }
const lin: EmulatedPerson = { id: 'lin', name: 'Lin', phones: [{ number: '13800138000' }] }
/** One way between the backend and WeChat. */
export const upstreamMs = 20
/** A connection that breaks is noticed after this time. */
export const brokenMs = 1000

/** What happened that does not depend on the strategy; the oracle reads it. */
export type Fact =
  | { readonly what: 'launched' | 'away' | 'back' | 'ended' | 'sheet-opened' | 'event'; readonly at: number }
  | { readonly what: 'rotated'; readonly at: number; readonly by: Rotator }

/** WeChat, the phone and the network of one play. */
export interface World {
  readonly time: VirtualTime
  readonly tools: Tools
  readonly facts: readonly Fact[]
  note(fact: Fact): void
  /** Calls of WeChat's API by the backend, without the access_token that all users share. */
  upstreamCalls(): number
  /** Sheets that WeChat charges for. */
  paidCalls(): number
  /** Whether anything was wrong since the launch. */
  hadTrouble(): boolean
  /** The trouble of a timeline counts from here. */
  begin(from: Spell['from']): void
  spell(...kinds: readonly Spell['what'][]): Spell | undefined
  /** Puts a mini program on the phone. */
  open(server: Fetch, say: (word: Word) => void): { readonly phone: Phone; readonly runtime: WxRuntime }
  rotate(by: Rotator, runtime: WxRuntime): void
  setClock(ms: number): void
  end(runtime: WxRuntime): void
  close(): void
}

export const expectedNumber = '13800138000'

/** Everything in one process on one virtual clock, without a socket. */
export function createWorld(timeline: Timeline, assumption: Assumption): World {
  const time = createVirtualTime(noon)
  const needsConsent = timeline.library === '3.17.0' && timeline.privacy !== 'agreed-before'
  const emulator = createEmulator({
    apps: [needsConsent ? { ...app, privacy: { contractName: 'Guideline' } } : app],
    people: [lin],
    clock: { now: time.now },
    minKeyAgeMs: assumption.minKeyAgeMs,
    keyLifeMs: assumption.keyLifeMs,
  })
  const facts: Fact[] = []
  const begun = new Map<Spell['from'], number>()
  let clockOff = timeline.clockOffMs
  let upstream = 0
  let trouble = false

  function spell(...kinds: readonly Spell['what'][]): Spell | undefined {
    const found = timeline.spells.find(one => {
      const from = begun.get(one.from)
      const age = from === undefined ? -1 : time.now() - from
      return kinds.includes(one.what) && age >= one.afterMs && age < one.afterMs + one.forMs
    })
    trouble ||= found !== undefined
    return found
  }

  async function wechat(request: Request): Promise<Response> {
    if (!new URL(request.url).pathname.endsWith('/stable_token')) upstream += 1
    await time.wait(upstreamMs)
    if (spell('wechat-down')) throw new TypeError('no connection to WeChat')
    const response = await emulator.fetch(request)
    await time.wait(upstreamMs)
    return response
  }

  /** The way from the phone to the server and back. */
  const networkTo = (server: Fetch) => async (request: Request) => {
    await time.wait(timeline.latencyMs)
    if (spell('request-lost')) return broken()
    if (spell('server-down'))
      return new Response('<html>503</html>', { status: 503, headers: { 'content-type': 'text/html' } })
    const slow = spell('server-slow')
    if (slow) await time.wait(slow.byMs)
    const response = await server(request)
    if (spell('answer-silent')) return new Promise<Response>(() => {})
    if (spell('answer-lost')) return broken()
    await time.wait(timeline.latencyMs)
    return response
  }

  async function broken(): Promise<never> {
    await time.wait(brokenMs)
    trouble = true
    throw new TypeError('the connection broke')
  }

  return {
    time,
    tools: { time, wechat, appId: app.appId, secret: app.secret },
    facts,
    note: fact => void facts.push(fact),
    upstreamCalls: () => upstream,
    paidCalls: () => emulator.control.bill(app.appId).quick.successes,
    hadTrouble: () => trouble,
    begin: from => void (begun.has(from) || begun.set(from, time.now())),
    spell,
    open(server, say) {
      const runtime = emulator.wx(lin.id, app.appId, {
        network: networkTo(server),
        timers: time,
        now: time.now,
        device: { sdkVersion: timeline.library, platform: timeline.platform },
      })
      const wx = withSlowLogin(runtime, spell)
      return { runtime, phone: { wx, timers: runtime.timers, now: () => time.now() + clockOff, say } }
    },
    rotate(by, runtime) {
      facts.push({ what: 'rotated', at: time.now(), by })
      rotateKey(emulator, assumption, by, runtime)
    },
    setClock(ms) {
      clockOff += ms
    },
    end(runtime) {
      runtime.life.end()
      runtime.close()
    },
    close: emulator.close,
  }
}

/** The answer of `wx.login` comes late or never; WeChat has done its part at once. */
function withSlowLogin({ wx, timers }: WxRuntime, spell: World['spell']): WxGlobal {
  const login = ({ success, fail }: LoginOptions) => {
    const lost = spell('login-lost')
    const slow = spell('login-slow')
    wx.login({
      success: result => {
        if (slow) timers.setTimeout(() => success?.(result), slow.byMs)
        else if (!lost) success?.(result)
      },
      fail: failure => void (lost || fail?.(failure)),
    })
  }
  return { ...wx, login: login as WxGlobal['login'] }
}

interface LoginOptions {
  readonly success?: (result: { readonly code: string; readonly errMsg: string }) => void
  readonly fail?: (failure: { readonly errMsg: string }) => void
}

/** Another `wx.login` of the same person, as far as it does anything under this assumption. */
function rotateKey(emulator: Emulator, assumption: Assumption, by: Rotator, runtime: WxRuntime): void {
  if (by === 'page') return void runtime.wx.login({ success() {}, fail() {} })
  if (by === 'device' && !assumption.sharedByDevices) return
  const { key } = emulator.control.state().uses[0] ?? {}
  const age = key ? emulator.control.clock.now() - key.madeAt : Number.POSITIVE_INFINITY
  if (age >= assumption.minKeyAgeMs) emulator.control.rotateKey(lin.id, app.appId)
}
