import type { EmulatedPhone, EmulatorClock, WechatUse } from '../types.ts'
import type { Derive } from './derive.ts'
import type { Memory } from './memory.ts'
import type { SessionKey } from './session-keys.ts'

/** How long a code can be exchanged (小程序登录: five minutes, once; 手机号快速验证组件: the same). */
export const CODE_LIFE_MS = 300_000
/** How much longer we can say why a code is refused. */
const MEMORY_MS = 3_600_000

interface CodeBase {
  readonly code: string
  readonly use: WechatUse
  /** When its five minutes began. */
  readonly bornAt: number
  usedAt: number | null
}

/** From `wx.login`; bound to the session_key that was current at that moment. */
interface LoginCode extends CodeBase {
  readonly kind: 'login'
  readonly key: SessionKey
}

/** From the phone button. Its five minutes run from the tap, not from the person's consent. */
export interface PhoneCode extends CodeBase {
  readonly kind: 'phone'
  readonly phone: Required<EmulatedPhone>
  readonly agreedAt: number
}

/** From `wx.pluginLogin` of a plugin inside the app of `use`. */
export interface PluginCode extends CodeBase {
  readonly kind: 'plugin'
  readonly pluginAppId: string
}

type Code = LoginCode | PhoneCode | PluginCode

/** The codes of every kind, in one space: each must be recognised where another is expected. */
export interface Codes {
  issueLogin(use: WechatUse, key: SessionKey): LoginCode
  issuePhone(use: WechatUse, phone: Required<EmulatedPhone>, openedAt: number): PhoneCode
  issuePlugin(use: WechatUse, pluginAppId: string): PluginCode
  find(code: string): Code | undefined
}

interface CodesTools {
  readonly clock: EmulatorClock
  readonly derive: Derive
  readonly memory: Memory
}

export function createCodes({ clock, derive, memory }: CodesTools): Codes {
  const own = memory.part('codes', () => ({ codes: new Map<string, Code>(), issued: 0 }))
  const { codes } = own

  function label(kind: string, { appId, personId }: WechatUse): string {
    own.issued += 1
    return `${kind} ${appId} ${personId} ${own.issued} ${clock.now()}`
  }

  /** Insertion order is nearly order of birth, so looking at the oldest is enough to stay small. */
  function forgetOld(): void {
    for (const [text, { bornAt }] of codes) {
      if (clock.now() - bornAt <= CODE_LIFE_MS + MEMORY_MS) return
      codes.delete(text)
    }
  }

  function keep<T extends Code>(code: T): T {
    forgetOld()
    codes.set(code.code, code)
    return code
  }

  return {
    issueLogin: (use, key) =>
      // The real ones: 32 characters that begin with a zero.
      keep({
        kind: 'login',
        code: `0${derive.text(label('login-code', use), 31)}`,
        use,
        key,
        bornAt: clock.now(),
        usedAt: null,
      }),
    issuePhone: (use, phone, openedAt) =>
      // The real ones: 64 hex digits.
      keep({
        kind: 'phone',
        code: derive.hex(label('phone-code', use), 64),
        use,
        phone,
        bornAt: openedAt,
        agreedAt: clock.now(),
        usedAt: null,
      }),
    issuePlugin: (use, pluginAppId) =>
      // The sample of the reference page: 64 hex digits.
      keep({
        kind: 'plugin',
        code: derive.hex(label('plugin-code', use), 64),
        use,
        pluginAppId,
        bornAt: clock.now(),
        usedAt: null,
      }),
    find: code => codes.get(code),
  }
}
