import type { PasskeyCredential, PasskeyOptions } from '@weapp-auth/protocol/contract'
import { authenticatorFailures, limits } from '../domain/limits.ts'
import { ProblemError, RateLimited } from '../domain/problem-error.ts'
import { type OperatorSecrets, operatorHash } from '../keys/operator-secrets.ts'
import { totpStepOf } from '../keys/totp.ts'
import type { Vault } from '../keys/vault.ts'
import type { BudgetStore } from '../ports/budget-store.ts'
import type { Clock } from '../ports/clock.ts'
import type { OperatorProof, OperatorRow, OperatorStore } from '../ports/operator-store.ts'
import type { NewPasskey, Passkeys, RelyingParty } from '../ports/passkeys.ts'

export interface OperatorProofsTools {
  readonly store: OperatorStore & BudgetStore
  readonly secrets: OperatorSecrets
  readonly vault: Pick<Vault, 'counterName'>
  readonly passkeys: Passkeys | null
  readonly party: RelyingParty
  readonly clock: Clock
}

interface Proved {
  readonly operatorId: string
  readonly proof: OperatorProof
}

/** Who somebody is, by what they show. Nothing is used up but challenges: that is for the step which acts on it. */
export interface OperatorProofs {
  /** Throws ProblemError route_unknown where no passkeys are taken. */
  options(): Promise<PasskeyOptions>
  /** A new passkey for this purpose. */
  creationOptions(input: {
    readonly purpose: string
    readonly operator: { readonly id: Uint8Array; readonly name: string }
    readonly known: readonly Uint8Array[]
  }): Promise<PasskeyOptions | null>
  /** Throws ProblemError sign_in_invalid. */
  created(credential: PasskeyCredential, purpose: string): Promise<NewPasskey>
  /** Throws ProblemError sign_in_invalid. */
  byPasskey(credential: PasskeyCredential): Promise<Proved>
  /** Throws ProblemError sign_in_invalid; RateLimited after five wrong codes with the right key. */
  byAuthenticator(operator: OperatorRow | null, shown: { readonly key: string; readonly code: string }): Promise<Proved>
  byRecoveryCode(operator: OperatorRow | null, code: string): Proved
}

const refused = () => new ProblemError('sign_in_invalid')

export function createOperatorProofs(tools: OperatorProofsTools): OperatorProofs {
  const { store, secrets, vault, passkeys, party, clock } = tools
  // Whoever has no account or no authenticator takes as long as everybody else.
  const nobody = secrets.sealTotp(secrets.newSignInKey(), secrets.newTotpSecret())

  const challengeFor = (purpose: string) => secrets.challenge(purpose, clock.now() + limits.operatorChallenge)

  /** A verification that a challenge of ours was part of, and that never succeeded with it before. */
  async function verified<T>(
    purpose: string,
    verify: (isChallenge: (text: string) => boolean) => Promise<T | null>,
  ): Promise<T> {
    let challenge = ''
    const outcome = await verify(text => {
      challenge = text
      return secrets.isChallenge(text, purpose, clock.now())
    })
    if (outcome === null || challenge === '') throw refused()
    const name = vault.counterName('operator-challenge', challenge)
    const now = clock.now()
    const spent = await store.spendBudgets([{ name, limit: 1, until: now + limits.operatorChallenge }], now)
    if (spent.status === 'refused') throw refused()
    return outcome
  }

  /** Counted for each code before it is compared, so that guesses at once do not pass together. */
  async function countCode({ id }: OperatorRow): Promise<Uint8Array> {
    const { requests, windowMs } = authenticatorFailures
    const name = vault.counterName('operator-code', id)
    const now = clock.now()
    const spent = await store.spendBudgets([{ name, limit: requests, until: now + windowMs }], now)
    if (spent.status === 'refused') throw new RateLimited('codes', authenticatorFailures, spent.until - now)
    return name
  }

  return {
    async options() {
      if (!passkeys) throw new ProblemError('route_unknown')
      return passkeys.requestOptions({ party, challenge: challengeFor('sign-in') })
    },
    async creationOptions({ purpose, operator, known }) {
      if (!passkeys) return null
      return passkeys.creationOptions({ party, user: operator, known, challenge: challengeFor(purpose) })
    },
    async created(credential, purpose) {
      if (!passkeys) throw new ProblemError('route_unknown')
      return verified(purpose, isChallenge => passkeys.verifyCreation({ party, credential, isChallenge }))
    },
    async byPasskey(credential) {
      if (!passkeys) throw new ProblemError('route_unknown')
      const passkey = await store.findPasskey(Buffer.from(credential.id, 'base64url'))
      if (!passkey) throw refused()
      const { counter } = await verified('sign-in', isChallenge =>
        passkeys.verifyRequest({ party, credential, passkey, isChallenge }),
      )
      return { operatorId: passkey.operatorId, proof: { way: 'passkey', passkeyId: passkey.id, counter } }
    },
    async byAuthenticator(operator, { key, code }) {
      const secret = secrets.openTotp(key, operator?.sealedTotp ?? nobody)
      if (!operator || !secret) throw refused()
      const counted = await countCode(operator)
      const step = totpStepOf(secret, code, clock.now())
      if (step === null) throw refused()
      await store.refundBudgets([{ name: counted }])
      return { operatorId: operator.id, proof: { way: 'authenticator', step } }
    },
    byRecoveryCode(operator, code) {
      if (!operator) throw refused()
      return { operatorId: operator.id, proof: { way: 'recovery', hash: operatorHash('recovery', code) } }
    },
  }
}
