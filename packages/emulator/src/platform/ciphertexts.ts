import { createHash } from 'node:crypto'
import type { EmulatorClock, WechatUse } from '../types.ts'
import type { Memory } from './memory.ts'

/** Phone data that WeChat encrypted. */
interface Ciphertext {
  readonly use: WechatUse
  /** Of the session_key it was made with. */
  readonly generation: number
  readonly madeAt: number
}

/** What checkencryptedmsg can look up: phone data only, of the last three days (its reference page). */
export interface Ciphertexts {
  add(encryptedData: string, ciphertext: Ciphertext): void
  /** `hash`: lower-case hex SHA-256. */
  find(hash: string): Ciphertext | undefined
  /** The newest one of this person in this app. */
  latest(use: WechatUse): Ciphertext | undefined
}

const KEPT_MS = 259_200_000

export function createCiphertexts(
  { clock, memory }: { readonly clock: EmulatorClock; readonly memory: Memory },
  hashed: 'text' | 'bytes',
): Ciphertexts {
  const { made, newest } = memory.part('ciphertexts', () => ({
    made: new Map<string, Ciphertext>(),
    newest: new Map<string, Ciphertext>(),
  }))
  const tooOld = ({ madeAt }: Ciphertext) => clock.now() - madeAt > KEPT_MS

  function forgetOld(): void {
    for (const [hash, ciphertext] of made) {
      if (!tooOld(ciphertext)) return
      made.delete(hash)
    }
  }

  return {
    add(encryptedData, ciphertext) {
      forgetOld()
      const bytes = hashed === 'text' ? encryptedData : Buffer.from(encryptedData, 'base64')
      made.set(createHash('sha256').update(bytes).digest('hex'), ciphertext)
      newest.set(`${ciphertext.use.appId} ${ciphertext.use.personId}`, ciphertext)
    },
    find(hash) {
      const ciphertext = made.get(hash)
      return ciphertext && !tooOld(ciphertext) ? ciphertext : undefined
    },
    latest: ({ appId, personId }) => newest.get(`${appId} ${personId}`),
  }
}
