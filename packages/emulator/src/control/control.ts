import type { Faults } from '../api/faults.ts'
import type { Decide, Platform } from '../platform/platform.ts'
import { readDecision } from '../platform/read-decision.ts'
import { readApp, readPerson } from '../platform/read-options.ts'
import { readDialogDecision, readDialogKind } from '../platform/read-personal-data.ts'
import { readWhole } from '../platform/read-value.ts'
import { removeMiniProgram } from '../platform/remove-mini-program.ts'
import type { WxFaults } from '../platform/wx-faults.ts'
import type { ComponentSender } from '../push/component-sender.ts'
import type { PushSender } from '../push/push-sender.ts'
import type { SecureModeControl } from '../secure-mode/secure-mode.ts'
import type {
  DialogDecide,
  DialogKind,
  EmulatedApp,
  EmulatedPerson,
  EmulatorClock,
  JournalEntry,
  Sentence,
} from '../types.ts'
import { type AccountControl, createAccountControl } from './account-control.ts'
import { type EmulatorSnapshot, restoreSnapshot, takeSnapshot } from './snapshot.ts'
import { type EmulatorState, stateOf } from './state-of.ts'

export type { EmulatorState }

/** What {@link EmulatorControl.apps} changes of an app. */
type AppChange = {
  readonly [field in 'phonePermitted' | 'privacy' | 'publishedAt']?: EmulatedApp[field] | null
}

/** Everything that one can do to the emulated WeChat from outside. Unknown people and apps are refused by name. */
export interface EmulatorControl extends AccountControl {
  readonly clock: EmulatorClock & {
    /** Moves WeChat's time and the timers of every phone forward, in milliseconds. Answers the new time. */
    advance(ms: number): number
  }
  readonly journal: {
    /** Entries after number `after`. Default: all that are remembered (the last 1000). */
    entries(after?: number): readonly JournalEntry[]
    subscribe(listener: (entry: JournalEntry) => void): () => void
  }
  readonly apps: {
    all(): readonly EmulatedApp[]
    /** Adds the app, or changes the one with its id. */
    put(app: EmulatedApp): void
    /** Changes these settings of an app and keeps the rest; null: back to the default. */
    change(appId: string, change: AppChange): void
    /** The app is gone: its tokens are answered with errcode 40013. */
    remove(appId: string): void
  }
  readonly people: {
    all(): readonly EmulatedPerson[]
    /** Adds the person, or changes the one with their id. */
    put(person: EmulatedPerson): void
    /** The person's openid in the app. */
    openId(personId: string, appId: string): string
    /** Null when the app is not bound to an open-platform account. */
    unionId(personId: string, appId: string): string | null
  }
  /** How the person answers phone sheets from now on, unless the runtime was told otherwise. */
  decide(personId: string, decision: Decide): void
  /** How the person answers other dialogs of this kind from now on; null: whoever draws them, else the person allows. */
  decideDialog(personId: string, kind: DialogKind, decision: DialogDecide | null): void
  /**
   * The person takes the mini program from the list of recent ones (the privacy consent is gone), or deletes it (scopes
   * and what it stored are gone as well).
   */
  removeMiniProgram(personId: string, appId: string, how: 'recent' | 'deleted'): void
  /** Replaces the session_key behind the mini program's back, as a second device or a data pre-fetch may. */
  rotateKey(personId: string, appId: string): void
  /** Every access_token of the app is expired from now on (42001). */
  expireTokens(appId: string): void
  /** Somebody else with the same secret refreshes the access_token: the ones handed out are no longer the latest (40001). */
  stealToken(appId: string): void
  readonly faults: Faults
  /** Makes calls of the WeChat app fail: `wx.login`, the phone sheet and others. */
  readonly wxFaults: WxFaults
  /** Message push: WeChat as the sender. */
  readonly push: PushSender
  /** Signed and encrypted calls: the developer's keys and WeChat's own. */
  readonly secureMode: SecureModeControl
  /** A picture without secrets, tokens, keys and codes. */
  state(): EmulatorState
  /**
   * All that is remembered, as plain JSON. An emulator with the same options that restores it goes on as this one would:
   * the same next codes, keys and tokens.
   */
  snapshot(): EmulatorSnapshot
  /** @throws EmulatorRefusal when it is not a snapshot, or one of another seed */
  restore(snapshot: EmulatorSnapshot): void
  /** Forgets everything and starts again from the options; pending faults and advances of the clock too. */
  reset(): void
}

interface ControlTools {
  readonly faults: Faults
  readonly wxFaults: WxFaults
  readonly push: PushSender
  readonly componentSender: ComponentSender
  readonly secureMode: SecureModeControl
  /** What the options want done at the start and after each reset. */
  readonly setUp: () => void
}

export function createControl(
  platform: Platform,
  { faults, wxFaults, push, componentSender, secureMode, setUp }: ControlTools,
): EmulatorControl {
  const { clock, journal } = platform
  const did = (
    what: string,
    text: Sentence,
    about: { appId?: string; personId?: string; facts?: JournalEntry['facts'] } = {},
  ) => journal.add({ side: 'control', what, text, ok: true, ...about })
  const directory = () => platform.state.directory
  const useOf = (personId: string, appId: string) => ({
    appId: directory().app(appId).appId,
    personId: directory().person(personId).id,
  })

  return {
    ...createAccountControl({ platform, componentSender, did, useOf }),
    clock: {
      now: clock.now,
      advance(ms) {
        clock.advance(readWhole(ms, 'ms', 0, MAX_ADVANCE_MS))
        did('clock-moved', { zh: `时间前进 ${ms} 毫秒`, en: `the clock moved ${ms} ms forward` }, { facts: { ms } })
        platform.timers.wake()
        return clock.now()
      },
    },
    journal: { entries: journal.entries, subscribe: journal.subscribe },
    apps: {
      all: () => directory().apps(),
      put(given) {
        const app = readApp(given, 'app')
        directory().putApp(app)
        did('app-put', { zh: `小程序 ${app.name} 已登记`, en: `the app ${app.name} is known` }, { appId: app.appId })
      },
      change(appId, { phonePermitted, privacy, publishedAt }) {
        const { phonePermitted: was, privacy: guideline, publishedAt: at, ...app } = directory().app(appId)
        const kept = (given: unknown, old: unknown) => (given === undefined ? old : (given ?? undefined))
        const changed = {
          phonePermitted: kept(phonePermitted, was),
          privacy: kept(privacy, guideline),
          publishedAt: kept(publishedAt, at),
        }
        const given = Object.fromEntries(Object.entries(changed).filter(([, value]) => value !== undefined))
        directory().putApp(readApp({ ...app, ...given }, 'app'))
        did('app-changed', { zh: `小程序 ${app.name} 的设置变了`, en: `settings of ${app.name} changed` }, { appId })
      },
      remove(appId) {
        const { name } = directory().app(appId)
        directory().removeApp(appId)
        did('app-removed', { zh: `小程序 ${name} 已注销`, en: `the app ${name} is gone` }, { appId })
      },
    },
    people: {
      all: () => directory().people(),
      put(given) {
        const person = readPerson(given, 'person')
        directory().putPerson(person)
        did('person-put', { zh: `用户 ${person.name} 已登记`, en: `${person.name} is known` }, { personId: person.id })
      },
      openId: (personId, appId) => directory().openId(useOf(personId, appId)),
      unionId: (personId, appId) => directory().unionId(useOf(personId, appId)),
    },
    decide(personId, decision) {
      const { id, name } = directory().person(personId)
      platform.state.decisions.set(id, typeof decision === 'function' ? decision : readDecision(decision))
      did(
        'decision-set',
        { zh: `${name} 从现在起换个回答`, en: `${name} answers otherwise from now on` },
        { personId: id },
      )
    },
    decideDialog(personId, kind, decision) {
      const { id, name } = directory().person(personId)
      const place = `${id} ${readDialogKind(kind, 'dialog')}`
      const next =
        typeof decision === 'function' || decision === null ? decision : readDialogDecision(decision, 'decision')
      if (next === null) platform.state.dialogDecisions.delete(place)
      else platform.state.dialogDecisions.set(place, next)
      did(
        'decision-set',
        { zh: `${name} 从现在起换个回答（${kind}）`, en: `${name} answers otherwise from now on (${kind})` },
        { personId: id, facts: { dialog: kind } },
      )
    },
    removeMiniProgram: (personId, appId, how) => removeMiniProgram(platform, useOf(personId, appId), how),
    rotateKey(personId, appId) {
      const use = useOf(personId, appId)
      const { generation } = platform.state.keys.rotate(use)
      did(
        'session-key-rotated',
        {
          zh: `session_key 在别处换成第 ${generation} 代`,
          en: `the session_key was replaced elsewhere: generation ${generation}`,
        },
        { ...use, facts: { keyGeneration: generation } },
      )
    },
    expireTokens(appId) {
      platform.state.tokens.expire(directory().app(appId).appId)
      did('tokens-expired', { zh: 'access_token 全部过期', en: 'all access tokens expired' }, { appId })
    },
    stealToken(appId) {
      platform.state.tokens.steal(directory().app(appId).appId)
      did(
        'token-stolen',
        { zh: '另一个进程刷新了 access_token', en: 'another process refreshed the access_token' },
        { appId },
      )
    },
    faults: {
      pending: faults.pending,
      clear: faults.clear,
      next(fault) {
        faults.next(fault)
        const { api } = fault
        did(
          'fault-planned',
          { zh: `${api} 的下一次调用会出故障`, en: `the next call of ${api} will fail` },
          { facts: { api } },
        )
      },
    },
    wxFaults: {
      pending: wxFaults.pending,
      clear: wxFaults.clear,
      next(fault) {
        wxFaults.next(fault)
        const { call } = fault
        did(
          'wx-fault-planned',
          { zh: `${call} 的下一次调用会出故障`, en: `the next ${call} will fail` },
          { facts: { call } },
        )
      },
    },
    push: {
      verifyUrl: push.verifyUrl,
      send: push.send,
      configure(appId, settings) {
        push.configure(appId, settings)
        did('push-configured', { zh: '消息推送的设置变了', en: 'the push settings changed' }, { appId })
      },
    },
    secureMode: {
      ...secureMode,
      configure(appId, settings) {
        secureMode.configure(appId, settings)
        did('secure-mode-configured', { zh: 'API 安全的设置变了', en: 'the keys of secure mode changed' }, { appId })
      },
      async rotate(appId) {
        const ring = await secureMode.rotate(appId)
        did(
          'platform-key-rotated',
          { zh: '平台证书换新，旧的还会签一阵', en: 'the platform certificate is new; the old one signs along' },
          { appId, facts: { serial: ring.current.serial } },
        )
        return ring
      },
    },
    state: () => stateOf(platform),
    snapshot: () => takeSnapshot(platform),
    restore(snapshot) {
      restoreSnapshot(platform, snapshot)
      for (const { appId } of platform.state.components.all()) componentSender.schedule(appId)
      did('restored', { zh: '回到快照时的样子', en: 'everything is as it was in the snapshot' })
    },
    reset() {
      platform.reset()
      did('reset', { zh: '一切从头开始', en: 'everything starts again' })
      setUp()
    },
  }
}

/** A hundred years; beyond, dates stop making sense. */
const MAX_ADVANCE_MS = 3_155_760_000_000
