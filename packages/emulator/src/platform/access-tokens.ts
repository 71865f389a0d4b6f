import type { EmulatorClock } from '../types.ts'
import { chinaDay } from './china-time.ts'
import { BASE64URL, type Derive } from './derive.ts'
import type { Memory } from './memory.ts'

/** `classic` is GET /cgi-bin/token, `stable` is POST /cgi-bin/stable_token; they do not disturb each other. */
export type TokenSpace = 'classic' | 'stable'

/** A third-party platform's own token (component_access_token), or the one it holds for an app that authorised it. */
type ComponentSpace = 'component' | 'authorizer'

export interface AccessToken {
  readonly token: string
  /** Who it speaks for; in the space `component` the third-party platform itself. */
  readonly appId: string
  readonly space: TokenSpace | ComponentSpace
  /** The third-party platform that holds it; null for an app's own. */
  readonly componentAppId: string | null
  /** Counts the tokens of the app and space from 1. */
  readonly generation: number
  readonly expiresAt: number
  /** When it was replaced; it works until `endsAt` all the same. */
  replacedAt: number | null
  endsAt: number
}

type TokenCheck =
  | { readonly status: 'ok'; readonly token: AccessToken }
  /** errcode 40014: not even shaped like a token. */
  | { readonly status: 'malformed' }
  /** errcode 40001: never issued, or replaced by a newer one (`token` is there then). */
  | { readonly status: 'not-latest'; readonly token: AccessToken | null }
  /** errcode 42001. */
  | { readonly status: 'expired'; readonly token: AccessToken }

/** The two token spaces of every app (getAccessToken, getStableAccessToken). */
export interface AccessTokens {
  /** Each call makes a new token; the one before works for five more minutes. */
  classic(appId: string): AccessToken
  /** The same token as long as five minutes are left; around the renewal both work for five minutes. */
  stable(appId: string): AccessToken
  /**
   * `force_refresh`: the token before dies at once. Within 30 seconds of the last one nothing happens; null when the day's
   * 20 are used up.
   */
  forceStable(appId: string): AccessToken | null
  /** component_access_token of a third-party platform; the one before works for five more minutes. */
  component(componentAppId: string): AccessToken
  /** authorizer_access_token of a third-party platform for an app; the one before works for five more minutes. */
  authorizer(componentAppId: string, appId: string): AccessToken
  check(token: string): TokenCheck
  /** Ends the life of every token of the app, as if its two hours had passed. */
  expire(appId: string): void
  /** Somebody else with the same secret refreshed: both spaces move on, older tokens are "not latest" at once. */
  steal(appId: string): void
  current(appId: string, space: TokenSpace): AccessToken | null
}

const LIFE_MS = 7_200_000
const OVERLAP_MS = 300_000
const FORCE_PAUSE_MS = 30_000
const FORCE_PER_DAY = 20
const KEPT = 64

interface AccessTokensTools {
  readonly clock: EmulatorClock
  readonly derive: Derive
  readonly memory: Memory
}

export function createAccessTokens({ clock, derive, memory }: AccessTokensTools): AccessTokens {
  const { tokens, byName, latest, forced } = memory.part('access-tokens', () => ({
    tokens: new Map<string, AccessToken>(),
    /** The texts of what each app got in each space, oldest first. */
    byName: new Map<string, string[]>(),
    latest: new Map<string, AccessToken>(),
    forced: new Map<string, { readonly day: number; readonly count: number; readonly at: number }>(),
  }))

  const current = (appId: string, space: TokenSpace) => latest.get(`${space} ${appId}`) ?? null

  function issue(
    appId: string,
    space: AccessToken['space'],
    endOfOld: (old: AccessToken, now: number) => number,
    componentAppId: string | null = null,
  ): AccessToken {
    const name = componentAppId === null ? `${space} ${appId}` : `${space} ${appId} ${componentAppId}`
    const before = latest.get(name)
    const now = clock.now()
    if (before && before.endsAt > now) {
      before.replacedAt = now
      before.endsAt = endOfOld(before, now)
    }
    const generation = (before?.generation ?? 0) + 1
    // The real ones: a number, "_" and about 133 characters.
    const text = derive.text(`access-token ${name} ${generation} ${now}`, 133, BASE64URL)
    const expiresAt = now + LIFE_MS
    const made: AccessToken = {
      token: `85_${text}`,
      appId,
      space,
      componentAppId,
      generation,
      expiresAt,
      replacedAt: null,
      endsAt: expiresAt,
    }
    tokens.set(made.token, made)
    latest.set(name, made)
    forgetOld(name, made.token)
    return made
  }

  function forgetOld(name: string, made: string): void {
    const own = byName.get(name) ?? []
    byName.set(name, own)
    own.push(made)
    for (const old of own.splice(0, Math.max(0, own.length - KEPT))) tokens.delete(old)
  }

  function stable(appId: string): AccessToken {
    const now = clock.now()
    const token = current(appId, 'stable')
    return token && token.endsAt - now >= OVERLAP_MS ? token : issue(appId, 'stable', fiveMoreMinutes)
  }

  return {
    current,
    stable,
    classic: appId => issue(appId, 'classic', atMostFiveMinutes),
    component: componentAppId => issue(componentAppId, 'component', atMostFiveMinutes),
    authorizer: (componentAppId, appId) => issue(appId, 'authorizer', atMostFiveMinutes, componentAppId),
    forceStable(appId) {
      const now = clock.now()
      const day = chinaDay(now)
      const last = forced.get(appId)
      if (last && now - last.at < FORCE_PAUSE_MS) return stable(appId)
      const count = last?.day === day ? last.count : 0
      if (count >= FORCE_PER_DAY) return null
      forced.set(appId, { day, count: count + 1, at: now })
      return issue(appId, 'stable', atOnce)
    },
    check(text) {
      if (!/^\d{1,3}_[A-Za-z0-9_-]{20,509}$/.test(text)) return { status: 'malformed' }
      const token = tokens.get(text)
      if (!token) return { status: 'not-latest', token: null }
      if (clock.now() < token.endsAt) return { status: 'ok', token }
      return { status: token.replacedAt === null ? 'expired' : 'not-latest', token }
    },
    expire(appId) {
      for (const token of tokens.values()) if (token.appId === appId) token.endsAt = Math.min(token.endsAt, clock.now())
    },
    steal(appId) {
      for (const space of ['classic', 'stable'] as const) issue(appId, space, atOnce)
    },
  }
}

const atOnce = (_old: AccessToken, now: number) => now
const atMostFiveMinutes = (old: AccessToken, now: number) => Math.min(old.endsAt, now + OVERLAP_MS)
/** A stable token is renewed near its end and lives on for the whole overlap. */
const fiveMoreMinutes = (_old: AccessToken, now: number) => now + OVERLAP_MS
