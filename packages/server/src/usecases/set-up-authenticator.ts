import type { AuthenticatorSetup, SetAuthenticatorRequest } from '@weapp-auth/protocol/contract'
import { limits } from '../domain/limits.ts'
import { ProblemError } from '../domain/problem-error.ts'
import { encodeBase32 } from '../keys/base32.ts'
import type { OperatorSecrets } from '../keys/operator-secrets.ts'
import { totpStepOf } from '../keys/totp.ts'
import type { Clock } from '../ports/clock.ts'
import type { RelyingParty } from '../ports/passkeys.ts'

export interface SetUpAuthenticatorTools {
  readonly secrets: OperatorSecrets
  readonly party: RelyingParty
  readonly clock: Clock
}

/**
 * An authenticator app in two steps. Between them nothing is stored: its secret goes to its owner and back, sealed with
 * the sign-in key that is made for it.
 */
export interface SetUpAuthenticator {
  begin(purpose: string, name: string): AuthenticatorSetup
  /** Throws ProblemError sign_in_invalid. */
  finish(purpose: string, shown: SetAuthenticatorRequest): { readonly sealed: Uint8Array; readonly step: number }
}

export function createSetUpAuthenticator({ secrets, party, clock }: SetUpAuthenticatorTools): SetUpAuthenticator {
  return {
    begin(purpose, name) {
      const [key, plain] = [secrets.newSignInKey(), secrets.newTotpSecret()]
      const secret = encodeBase32(plain)
      const label = encodeURIComponent(`${party.id}:${name}`)
      const uri = `otpauth://totp/${label}?secret=${secret}&issuer=${encodeURIComponent(party.id)}`
      const until = clock.now() + limits.operatorChallenge
      return { key, uri, secret, setup: secrets.writeSetup(secrets.sealTotp(key, plain), purpose, until) }
    },
    finish(purpose, { setup, key, code }) {
      const sealed = secrets.readSetup(setup, purpose, clock.now())
      const secret = sealed && secrets.openTotp(key, sealed)
      const step = secret && totpStepOf(secret, code, clock.now())
      if (sealed === null || step === null) throw new ProblemError('sign_in_invalid')
      return { sealed, step }
    },
  }
}
