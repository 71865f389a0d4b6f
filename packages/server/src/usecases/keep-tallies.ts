import { type SaidNo, WechatFault } from '@weapp-auth/protocol/wechat'
import { beijingDay } from '../domain/beijing-day.ts'
import type { Clock } from '../ports/clock.ts'
import type { Observe, ServerEvent } from '../ports/observer.ts'
import type { Tally, TallyStore } from '../ports/tally-store.ts'
import type { WechatPlatform } from '../ports/wechat-platform.ts'

export interface KeepTalliesTools {
  readonly store: TallyStore
  readonly clock: Clock
}

/** Counts what happens, in memory, and writes the sums down now and then. */
export interface KeepTallies {
  readonly note: Observe
  /** Something without an event happened this often, 1 or more. */
  count(appId: string, name: string, times: number): void
  /** The same client of WeChat; what comes of each call is counted. */
  watch(wechat: WechatPlatform): WechatPlatform
  /**
   * Writes what was counted since the last time, in one step. When the store cannot take it, it is kept for the next
   * time. What a killed process has not written is lost: a few seconds of counts, and nothing else.
   */
  flush(): Promise<void>
}

/** Rows of one app, hour or day that this process makes; whoever invents names (versions of a text) fills `other`. */
const mostNames = 500
const hour = 3_600_000
const day = 24 * hour

const nameOf: { readonly [T in ServerEvent['type']]?: (event: Extract<ServerEvent, { type: T }>) => string | null } = {
  'login-recorded': () => 'login',
  'login-refused': ({ code }) => `login-refused ${code}`,
  'user-created': () => 'user-new',
  'phone-recorded': ({ source }) => `phone ${source}`,
  'phone-refused': ({ source, code }) => `phone-refused ${source} ${code}`,
  'sms-sent': () => 'sms',
  'access-token-renewed': () => 'token-renewed',
  'access-token-lost': () => 'token-lost',
  'consent-recorded': ({ scope, status, version, repeated }) =>
    repeated ? null : `consent ${scope} ${status}${version === null ? '' : ` ${version}`}`,
}

export function createKeepTallies({ store, clock }: KeepTalliesTools): KeepTallies {
  let tallies = new Map<string, Tally>()
  let names = new Map<string, number>()

  function add(tally: Tally): void {
    const [group, place] = [`${tally.unit} ${tally.at} ${tally.appId}`, placeOf(tally)]
    const known = tallies.get(place)
    const count = names.get(group) ?? 0
    if (!known && count >= mostNames && tally.name !== 'other') {
      add({ ...tally, name: 'other' })
      return
    }
    if (!known) names.set(group, count + 1)
    tallies.set(place, { ...tally, count: tally.count + (known?.count ?? 0) })
  }

  function count(appId: string, name: string, times = 1): void {
    const now = clock.now()
    const shared = { appId, name, count: times }
    add({ ...shared, unit: 'hour', at: Math.floor(now / hour) * hour })
    add({ ...shared, unit: 'day', at: beijingDay(now).until - day })
  }

  /** Counts what comes of a call; `told` adds what else it means. */
  function watched<I extends { readonly appId: string }, O extends { readonly status: string; readonly said?: SaidNo }>(
    api: string,
    ask: (input: I) => Promise<O>,
    told: (input: I, outcome: O) => void = () => undefined,
  ): (input: I) => Promise<O> {
    return async input => {
      try {
        const outcome = await ask(input)
        count(input.appId, `wechat ${api} ${outcome.status}${outcome.said ? ` ${outcome.said.errcode}` : ''}`)
        told(input, outcome)
        return outcome
      } catch (error) {
        count(input.appId, `wechat ${api} ${faultName(error)}`)
        throw error
      }
    }
  }

  return {
    count,
    note(event) {
      const name = (nameOf[event.type] as ((event: ServerEvent) => string | null) | undefined)?.(event) ?? null
      if (name !== null && 'appId' in event && event.appId !== null) count(event.appId, name)
    },
    watch(wechat) {
      const { checkApp, setApp, removeApp, setComponent, authorization } = wechat
      return {
        codeToSession: watched('codeToSession', input => wechat.codeToSession(input)),
        // Charged when the user agrees; a code that is exchanged says that one did.
        phoneByCode: watched(
          'phoneByCode',
          input => wechat.phoneByCode(input),
          ({ appId }, { status }) => {
            if (status === 'ok') count(appId, 'phone-paid')
          },
        ),
        checkEncryptedData: watched('checkEncryptedData', input => wechat.checkEncryptedData(input)),
        accessToken: appId => wechat.accessToken(appId),
        ...(checkApp && { checkApp: appId => checkApp.call(wechat, appId) }),
        ...(setApp && { setApp: app => setApp.call(wechat, app) }),
        ...(removeApp && { removeApp: appId => removeApp.call(wechat, appId) }),
        ...(setComponent && { setComponent: component => setComponent.call(wechat, component) }),
        ...(authorization && { authorization: input => authorization.call(wechat, input) }),
      }
    },
    async flush() {
      if (tallies.size === 0) return
      const taken = [...tallies.values()]
      tallies = new Map()
      names = new Map()
      try {
        // In one order, so that two processes that write the same rows do not wait for each other in a circle.
        await store.addTallies(taken.sort((a, b) => (placeOf(a) < placeOf(b) ? -1 : 1)))
      } catch (error) {
        for (const tally of taken) add(tally)
        throw error
      }
    },
  }
}

function placeOf({ unit, at, appId, name }: Tally): string {
  return `${unit} ${at} ${appId} ${name}`
}

function faultName(error: unknown): string {
  if (!(error instanceof WechatFault)) return 'broken'
  return error.errcode === undefined ? error.code : `${error.code} ${error.errcode}`
}
