import type { EmulatedComponent, EmulatorClock } from '../types.ts'
import type { Derive } from './derive.ts'
import { BASE64URL } from './derive.ts'
import { EmulatorRefusal } from './emulator-refusal.ts'
import type { Memory } from './memory.ts'

/** A component_verify_ticket works for twelve hours ("验证票据"). */
const TICKET_LIFE_MS = 43_200_000
/** An authorization code works for ten minutes, as the redirect of the authorization page says (`expires_in=600`). */
export const AUTHORIZATION_CODE_LIFE_MS = 600_000
/** Of twelve hours there are 72. */
const TICKETS_KEPT = 100

/** What an app gave a third-party platform. */
interface Authorization {
  readonly permissionSets: readonly number[]
  /** A new authorization ends the former one ("用户重新授权后，之前的刷新令牌会失效"). */
  refreshToken: string
}

/** What the merchant's consent is worth: once, for ten minutes. */
interface AuthorizationCode {
  readonly componentAppId: string
  readonly appId: string
  readonly bornAt: number
  usedAt: number | null
}

/** Third-party platforms, their tickets, and which apps let them act. */
export interface Components {
  put(component: EmulatedComponent): void
  all(): readonly EmulatedComponent[]
  find(componentAppId: string): EmulatedComponent | undefined
  /** @throws EmulatorRefusal `unknown-app` */
  component(componentAppId: string): EmulatedComponent
  /** A new component_verify_ticket; those before work on. */
  newTicket(componentAppId: string): string
  checkTicket(componentAppId: string, ticket: string): 'ok' | 'expired' | 'unknown'
  /** The app lets the platform act with these permission sets, instead of those before. Answers the authorization code. */
  authorize(componentAppId: string, appId: string, permissionSets: readonly number[]): string
  revoke(componentAppId: string, appId: string): void
  /** The permission sets that the app gave; null when it has not authorised the platform (errcode 61003). */
  permissionSets(componentAppId: string, appId: string): readonly number[] | null
  /** Spends a code; answers the app that gave it. */
  spendCode(componentAppId: string, code: string): string | 'expired' | 'unknown'
  /** The authorizer_refresh_token in force; null when the app has not authorised the platform. */
  refreshToken(componentAppId: string, appId: string): string | null
  /** Another refresh token; the former is dead. */
  renewRefreshToken(componentAppId: string, appId: string): string | null
}

interface ComponentsTools {
  readonly clock: EmulatorClock
  readonly derive: Derive
  readonly memory: Memory
}

export function createComponents({ clock, derive, memory }: ComponentsTools): Components {
  const own = memory.part('components', () => ({
    components: new Map<string, EmulatedComponent>(),
    authorizations: new Map<string, Authorization>(),
    tickets: new Map<string, Map<string, number>>(),
    codes: new Map<string, AuthorizationCode>(),
    made: 0,
  }))
  const { components, authorizations, tickets, codes } = own
  const pair = (componentAppId: string, appId: string) => `${componentAppId} ${appId}`

  function newText(prefix: string, length: number): string {
    own.made += 1
    return `${prefix}@@@${derive.text(`${prefix} ${own.made} ${clock.now()}`, length, BASE64URL)}`
  }

  return {
    put: component => void components.set(component.appId, component),
    all: () => [...components.values()],
    find: componentAppId => components.get(componentAppId),
    component(componentAppId) {
      const found = components.get(componentAppId)
      if (found) return found
      throw new EmulatorRefusal('unknown-app', 'componentAppId', {
        zh: `"componentAppId"：没有这个第三方平台：${componentAppId}`,
        en: `"componentAppId": no such third-party platform: ${componentAppId}`,
      })
    },
    newTicket(componentAppId) {
      const given = tickets.get(componentAppId) ?? new Map<string, number>()
      const ticket = newText('ticket', 86)
      tickets.set(componentAppId, given.set(ticket, clock.now()))
      for (const old of [...given.keys()].slice(0, -TICKETS_KEPT)) given.delete(old)
      return ticket
    },
    checkTicket(componentAppId, ticket) {
      const bornAt = tickets.get(componentAppId)?.get(ticket)
      if (bornAt === undefined) return 'unknown'
      return clock.now() - bornAt < TICKET_LIFE_MS ? 'ok' : 'expired'
    },
    authorize(componentAppId, appId, permissionSets) {
      authorizations.set(pair(componentAppId, appId), { permissionSets, refreshToken: newText('refreshtoken', 43) })
      const code = newText('queryauthcode', 86)
      codes.set(code, { componentAppId, appId, bornAt: clock.now(), usedAt: null })
      return code
    },
    revoke: (componentAppId, appId) => void authorizations.delete(pair(componentAppId, appId)),
    permissionSets: (componentAppId, appId) => authorizations.get(pair(componentAppId, appId))?.permissionSets ?? null,
    spendCode(componentAppId, text) {
      const code = codes.get(text)
      if (code?.componentAppId !== componentAppId || code.usedAt !== null) return 'unknown'
      const now = clock.now()
      if (now - code.bornAt >= AUTHORIZATION_CODE_LIFE_MS) return 'expired'
      code.usedAt = now
      return code.appId
    },
    refreshToken: (componentAppId, appId) => authorizations.get(pair(componentAppId, appId))?.refreshToken ?? null,
    renewRefreshToken(componentAppId, appId) {
      const authorization = authorizations.get(pair(componentAppId, appId))
      if (!authorization) return null
      authorization.refreshToken = newText('refreshtoken', 43)
      return authorization.refreshToken
    },
  }
}
