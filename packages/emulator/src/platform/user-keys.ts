import type { EmulatorClock, WechatUse } from '../types.ts'
import type { Derive } from './derive.ts'
import type { Memory } from './memory.ts'

/** A key that a mini program and its server share to encrypt what they send (用户加密 key). */
interface UserKey {
  /** Base64 of 16 bytes. */
  readonly key: string
  /** 16 hex digits, used as text. */
  readonly iv: string
  /** Counts the keys of one person in one app from 1. */
  readonly version: number
  readonly madeAt: number
}

/** How long a key lives (获取用户 encryptKey). */
export const USER_KEY_LIFE_MS = 3_600_000
const KEPT = 3

export interface UserKeys {
  /** What `getLatestUserKey` on the phone answers: the newest key while it lives, else a new one. */
  latest(use: WechatUse): UserKey
  /** The last three, newest first; dead ones among them. */
  recent(use: WechatUse): readonly UserKey[]
}

interface UserKeysTools {
  readonly clock: EmulatorClock
  readonly derive: Derive
  readonly memory: Memory
}

export function createUserKeys({ clock, derive, memory }: UserKeysTools): UserKeys {
  const { keys } = memory.part('user-keys', () => ({ keys: new Map<string, readonly UserKey[]>() }))
  const recent = ({ appId, personId }: WechatUse) => keys.get(`${appId} ${personId}`) ?? []

  function make(use: WechatUse): UserKey {
    const [last] = recent(use)
    const version = (last?.version ?? 0) + 1
    const madeAt = clock.now()
    const label = `user-key ${use.appId} ${use.personId} ${version} ${madeAt}`
    const key = Buffer.from(derive.bytes(label, 16)).toString('base64')
    const made = { key, iv: derive.hex(`iv ${label}`, 16), version, madeAt }
    keys.set(`${use.appId} ${use.personId}`, [made, ...recent(use)].slice(0, KEPT))
    return made
  }

  return {
    recent,
    latest(use) {
      const [last] = recent(use)
      return last && clock.now() - last.madeAt < USER_KEY_LIFE_MS ? last : make(use)
    },
  }
}
