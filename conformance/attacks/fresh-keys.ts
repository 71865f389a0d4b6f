import { app, lin, minutes, type Stage } from '../stage.ts'
import { type Attacker, type Blob, lastSessionKey, logIn, newNonce, type Seen } from './attacker.ts'

/** A ciphertext made for the key of a login. */
export type Make = (stage: Stage, sessionKey: string) => Blob

/** So many failures leave a key alive. */
const triesPerKey = 4

/** Sends ciphertexts one after the other, each to a key that is still alive: what no attacker can do. */
export function createFreshKeys(
  stage: Stage,
): (make: Make, headers?: Readonly<Record<string, string>>) => Promise<Seen> {
  let attacker: Attacker | undefined
  let left = 0

  return async (make, headers = {}) => {
    if (!attacker || left === 0) {
      stage.emulator.control.rotateKey(lin.id, app.appId)
      // WeChat allows a user 100 logins a minute.
      stage.advance(minutes(1))
      attacker = await logIn(stage)
      left = triesPerKey
    }
    left -= 1
    const blob = make(stage, lastSessionKey(stage))
    return attacker.ask('/v1/phone', { headers, body: { ...blob, loginId: attacker.loginId, nonce: newNonce() } })
  }
}
