import type { Consents as ConsentsView, PrivacyKind, WechatUse } from '../types.ts'
import type { Directory } from './directory.ts'
import type { Memory } from './memory.ts'

/** What people agreed to, by app and person. */
export interface Consents {
  of(use: WechatUse): ConsentsView
  setScopes(use: WechatUse, scopes: Readonly<Record<string, boolean>>): void
  /** The person agreed to the guideline as it is today. */
  agreePrivacy(use: WechatUse): void
  /** The person took the mini program from the list of recent ones: the agreement to the guideline is gone. */
  forgetPrivacy(use: WechatUse): void
  /** The person deleted the mini program: scopes are gone as well. */
  forget(use: WechatUse): void
}

interface Agreed {
  scopes: Readonly<Record<string, boolean>>
  /** Kinds that were declared when the person agreed; `all` of a guideline that names none; null: never agreed. */
  kinds: readonly PrivacyKind[] | 'all' | null
}

export function createConsents({
  directory,
  memory,
}: {
  readonly directory: Pick<Directory, 'app'>
  readonly memory: Memory
}): Consents {
  const { agreed } = memory.part('consents', () => ({ agreed: new Map<string, Agreed>() }))
  const nameOf = ({ appId, personId }: WechatUse) => `${appId} ${personId}`

  function agreedBy(use: WechatUse): Agreed {
    const found = agreed.get(nameOf(use)) ?? { scopes: {}, kinds: null }
    agreed.set(nameOf(use), found)
    return found
  }

  return {
    of(use) {
      const { name, publishedAt = null, privacy } = directory.app(use.appId)
      const { scopes, kinds } = agreedBy(use)
      const declares = privacy?.declares ?? null
      return {
        appName: name,
        publishedAt,
        scopes: { ...scopes },
        privacy: {
          required: privacy !== undefined && privacy.required !== false,
          banned: privacy?.banned ?? false,
          contractName: privacy?.contractName ?? `《${name}小程序隐私保护指引》`,
          declares,
          agreed: covers(kinds, declares),
        },
      }
    },
    setScopes(use, scopes) {
      const found = agreedBy(use)
      found.scopes = { ...found.scopes, ...scopes }
    },
    agreePrivacy(use) {
      agreedBy(use).kinds = directory.app(use.appId).privacy?.declares ?? 'all'
    },
    forgetPrivacy(use) {
      agreedBy(use).kinds = null
    },
    forget: use => void agreed.delete(nameOf(use)),
  }
}

/** A kind of data that is new in the guideline asks again. */
function covers(agreed: Agreed['kinds'], declares: readonly PrivacyKind[] | null): boolean {
  if (agreed === null || agreed === 'all') return agreed === 'all'
  return declares?.every(kind => agreed.includes(kind)) ?? false
}
