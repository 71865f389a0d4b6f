import type { TokenSpace } from '../platform/access-tokens.ts'
import { countryOf } from '../platform/directory.ts'
import type { Platform } from '../platform/platform.ts'
import type { AccountConditions } from '../types.ts'

/** What the emulator knows, without app secrets, session keys, tokens and codes. */
export interface EmulatorState {
  readonly now: number
  readonly apps: readonly {
    readonly appId: string
    readonly name: string
    readonly openAccount: string | null
    readonly phonePermitted: boolean
    /** Whether WeChat asks for consent to the privacy guideline. */
    readonly privacyRequired: boolean
    readonly publishedAt: number | null
    readonly conditions: Required<AccountConditions>
    /** The latest access_token of each space; null when none was made. */
    readonly tokens: Readonly<Record<TokenSpace, { readonly generation: number; readonly endsAt: number } | null>>
  }[]
  readonly people: readonly {
    readonly id: string
    readonly name: string
    readonly highRisk: boolean
    readonly phones: readonly { readonly countryCode: string; readonly number: string }[]
  }[]
  /** Who has used which app. */
  readonly uses: readonly {
    readonly appId: string
    readonly personId: string
    readonly openId: string
    readonly unionId: string | null
    /** Null when there is no valid session_key. */
    readonly key: { readonly generation: number; readonly madeAt: number } | null
    /** Generation that the developer's server was given last. */
    readonly serverKey: number | null
  }[]
}

export function stateOf({ state, clock }: Platform): EmulatorState {
  const { accounts, directory, keys, tokens } = state
  const tokenOf = (appId: string, space: TokenSpace) => {
    const token = tokens.current(appId, space)
    return token && { generation: token.generation, endsAt: token.endsAt }
  }
  return {
    now: clock.now(),
    apps: directory.apps().map(({ appId, name, openAccount, phonePermitted, privacy, publishedAt }) => ({
      appId,
      name,
      openAccount: openAccount ?? null,
      phonePermitted: phonePermitted !== false,
      privacyRequired: privacy !== undefined && privacy.required !== false,
      publishedAt: publishedAt ?? null,
      conditions: accounts.conditions(appId),
      tokens: { classic: tokenOf(appId, 'classic'), stable: tokenOf(appId, 'stable') },
    })),
    people: directory.people().map(({ id, name, phones, highRisk }) => ({
      id,
      name,
      highRisk: highRisk === true,
      phones: phones.map(phone => ({ countryCode: countryOf(phone), number: phone.number })),
    })),
    uses: directory.uses().map(use => {
      const key = keys.current(use)
      return {
        ...use,
        openId: directory.openId(use),
        unionId: directory.unionId(use),
        key: key && { generation: key.generation, madeAt: key.madeAt },
        serverKey: keys.handedOut(use),
      }
    }),
  }
}
