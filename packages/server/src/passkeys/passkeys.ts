/**
 * Passkeys for the operators' console, by `@simplewebauthn/server`.
 *
 * @module
 */
import type { AuthenticationResponseJSON, RegistrationResponseJSON } from '@simplewebauthn/server'
import type { NewPasskey, Passkeys } from '../ports/passkeys.ts'

export type { NewPasskey, Passkeys, RelyingParty } from '../ports/passkeys.ts'

// Loaded when the first operator needs it: a server starts without.
const load = () => import('@simplewebauthn/server')

/**
 * What WebAuthn asks of a server, without attestation: which make an authenticator is, does not matter here.
 *
 * @example
 * const passkeys = createPasskeys()
 */
export function createPasskeys(): Passkeys {
  return {
    async creationOptions({ party, user, challenge, known }) {
      const { generateRegistrationOptions } = await load()
      const options = await generateRegistrationOptions({
        rpID: party.id,
        rpName: party.name,
        userID: Uint8Array.from(user.id),
        userName: user.name,
        challenge: Uint8Array.from(challenge),
        attestationType: 'none',
        authenticatorSelection: { residentKey: 'required', userVerification: 'required' },
        excludeCredentials: known.map(id => ({ id: Buffer.from(id).toString('base64url') })),
      })
      return { ...options }
    },
    async requestOptions({ party, challenge }) {
      const { generateAuthenticationOptions } = await load()
      const options = await generateAuthenticationOptions({
        rpID: party.id,
        challenge: Uint8Array.from(challenge),
        userVerification: 'required',
      })
      return { ...options }
    },
    async verifyCreation({ party, credential, isChallenge }) {
      const { verifyRegistrationResponse } = await load()
      const { registrationInfo } = await orNull(
        verifyRegistrationResponse({
          response: credential as unknown as RegistrationResponseJSON,
          expectedChallenge: isChallenge,
          expectedOrigin: party.origin,
          expectedRPID: party.id,
          requireUserVerification: true,
        }),
      )
      return registrationInfo ? newPasskey(registrationInfo.credential) : null
    },
    async verifyRequest({ party, credential, passkey, isChallenge }) {
      const { verifyAuthenticationResponse } = await load()
      const { verified, authenticationInfo } = await orNull(
        verifyAuthenticationResponse({
          response: credential as unknown as AuthenticationResponseJSON,
          expectedChallenge: isChallenge,
          expectedOrigin: party.origin,
          expectedRPID: party.id,
          requireUserVerification: true,
          credential: {
            id: Buffer.from(passkey.credential).toString('base64url'),
            publicKey: Uint8Array.from(passkey.publicKey),
            counter: passkey.counter,
          },
        }),
      )
      return verified && authenticationInfo ? { counter: authenticationInfo.newCounter } : null
    },
  }
}

function newPasskey(credential: {
  readonly id: string
  readonly publicKey: Uint8Array
  readonly counter: number
}): NewPasskey {
  const { id, publicKey, counter } = credential
  return { credential: Buffer.from(id, 'base64url'), publicKey, counter }
}

/** The library throws for everything that is not right; which it is, is nobody's business who does not hold the passkey. */
async function orNull<T extends object>(verification: Promise<T>): Promise<Partial<T>> {
  return verification.catch(() => ({}))
}
