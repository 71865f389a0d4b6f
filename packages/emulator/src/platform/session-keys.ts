import type { EmulatorClock, WechatUse } from '../types.ts'
import type { Derive } from './derive.ts'
import type { Memory } from './memory.ts'

/** One session_key; `generation` counts the keys of one person in one app from 1. */
export interface SessionKey {
  readonly generation: number
  /** 24 characters of Base64: 16 bytes. */
  readonly value: string
  readonly madeAt: number
}

/**
 * The session keys of everybody, one current key per app and person. Real behaviour is documented only in outline
 * (检验登录态: one valid key at a time, `wx.login` may replace it, a minimum period keeps quick logins on the same key,
 * use renews it); LIMITS.md says what is assumed.
 */
export interface SessionKeys {
  /** The key that a login code is bound to: the current one while it is young, else a new one. */
  forLogin(use: WechatUse): { readonly key: SessionKey; readonly made: boolean }
  /** The key that open data is encrypted with now; the first tap of somebody who never logged in makes one. */
  forOpenData(use: WechatUse): SessionKey
  /** The valid key, or null when there is none. */
  current(use: WechatUse): SessionKey | null
  /** Whether the key of the last `wx.login` is still the valid one: what `wx.checkSession` asks. */
  lastLoginValid(use: WechatUse): boolean
  /** Replaces the key behind the mini program's back. */
  rotate(use: WechatUse): SessionKey
  /** As resetusersessionkey: a new key for the same login; its life is not renewed. */
  reset(use: WechatUse): SessionKey
  /** Remembers which key code2Session handed to the developer's server. */
  handOut(use: WechatUse, key: SessionKey): void
  /** Generation of the key that the developer's server was given last; null when it got none. */
  handedOut(use: WechatUse): number | null
}

interface Ring {
  current: SessionKey | null
  ofLastLogin: SessionKey | null
  made: number
  usedAt: number
  handedOut: number | null
}

interface SessionKeysTools {
  readonly clock: EmulatorClock
  readonly derive: Derive
  readonly memory: Memory
  readonly minKeyAgeMs: number
  readonly keyLifeMs: number
}

export function createSessionKeys({ clock, derive, memory, minKeyAgeMs, keyLifeMs }: SessionKeysTools): SessionKeys {
  const { rings } = memory.part('session-keys', () => ({ rings: new Map<string, Ring>() }))

  function ringOf({ appId, personId }: WechatUse): Ring {
    const name = `${appId} ${personId}`
    const known = rings.get(name)
    if (known) return known
    const ring: Ring = { current: null, ofLastLogin: null, made: 0, usedAt: 0, handedOut: null }
    rings.set(name, ring)
    return ring
  }

  function make({ appId, personId }: WechatUse, ring: Ring): SessionKey {
    const madeAt = clock.now()
    ring.made += 1
    const bytes = derive.bytes(`session-key ${appId} ${personId} ${ring.made} ${madeAt}`, 16)
    ring.current = { generation: ring.made, value: Buffer.from(bytes).toString('base64'), madeAt }
    return ring.current
  }

  function current(use: WechatUse): SessionKey | null {
    const ring = ringOf(use)
    return clock.now() - ring.usedAt < keyLifeMs ? ring.current : null
  }

  function used(ring: Ring, key: SessionKey): SessionKey {
    ring.usedAt = clock.now()
    return key
  }

  return {
    current,
    forLogin(use) {
      const ring = ringOf(use)
      const valid = current(use)
      const young = valid !== null && clock.now() - valid.madeAt < minKeyAgeMs
      const key = used(ring, young ? valid : make(use, ring))
      ring.ofLastLogin = key
      return { key, made: !young }
    },
    forOpenData(use) {
      const ring = ringOf(use)
      return used(ring, current(use) ?? make(use, ring))
    },
    lastLoginValid(use) {
      const valid = current(use)
      return valid !== null && valid === ringOf(use).ofLastLogin
    },
    rotate(use) {
      const ring = ringOf(use)
      return used(ring, make(use, ring))
    },
    reset(use) {
      const ring = ringOf(use)
      const wasLogin = ring.current === ring.ofLastLogin
      const key = make(use, ring)
      if (wasLogin) ring.ofLastLogin = key
      return key
    },
    handOut(use, key) {
      ringOf(use).handedOut = key.generation
    },
    handedOut: use => ringOf(use).handedOut,
  }
}
