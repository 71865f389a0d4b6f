import type { WechatUse } from '../types.ts'
import type { Platform } from './platform.ts'
import type { SessionKey } from './session-keys.ts'

type Tools = Pick<Platform, 'state' | 'journal'>

/** A ciphertext was made: says so when the developer's server holds another key than the one it was made with. */
export function noteIfServerKeyDiffers({ state, journal }: Tools, use: WechatUse, generation: number): void {
  const held = state.keys.handedOut(use)
  if (held === null || held === generation) return
  journal.add({
    ...use,
    side: 'platform',
    what: 'decrypt-will-fail',
    ok: false,
    text: {
      zh: `解密会失败：密文由第 ${generation} 代 session_key 加密，服务器手里是第 ${held} 代`,
      en: `decrypt will fail: the ciphertext was made with key generation ${generation}, the server holds ${held}`,
    },
    facts: { ciphertextGeneration: generation, serverGeneration: held },
  })
}

/** A code was exchanged: says so when the person's newest ciphertext was made with another key. */
export function noteIfCiphertextDiffers({ state, journal }: Tools, use: WechatUse, key: SessionKey, now: number): void {
  const latest = state.ciphertexts.latest(use)
  if (!latest || latest.generation === key.generation || now - latest.madeAt > RECENT_MS) return
  journal.add({
    ...use,
    side: 'platform',
    what: 'decrypt-will-fail',
    ok: false,
    text: {
      zh: `解密会失败：密文由第 ${latest.generation} 代 session_key 加密，这个登录凭证给的是第 ${key.generation} 代`,
      en: `decrypt will fail: the ciphertext was made with key generation ${latest.generation}, this code gives generation ${key.generation}`,
    },
    facts: { ciphertextGeneration: latest.generation, serverGeneration: key.generation },
  })
}

/** Older phone data is refused as stale anyway, so nobody still waits for it. */
const RECENT_MS = 300_000
