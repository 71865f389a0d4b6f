import type { PasskeyCredential, PasskeyOptions } from '@weapp-auth/protocol/contract'

/** Who asks for a passkey: the host of the console, as WebAuthn's relying party. */
export interface RelyingParty {
  /** Host name. */
  readonly id: string
  readonly name: string
  /** Such as `https://auth.example.com`. */
  readonly origin: string
}

/** Tells whether this challenge, base64url, is one of ours for this purpose and still good. */
type IsChallenge = (challenge: string) => boolean

export interface NewPasskey {
  readonly credential: Uint8Array
  /** COSE. */
  readonly publicKey: Uint8Array
  readonly counter: number
}

/**
 * WebAuthn: `createPasskeys()` of `@weapp-auth/server/passkeys` fits. User verification is required every time, so that
 * a passkey is two factors. What does not verify is `null`, whatever the reason.
 */
export interface Passkeys {
  creationOptions(input: {
    readonly party: RelyingParty
    readonly user: { readonly id: Uint8Array; readonly name: string }
    readonly challenge: Uint8Array
    /** Credentials that the operator has already. */
    readonly known: readonly Uint8Array[]
  }): Promise<PasskeyOptions>
  requestOptions(input: { readonly party: RelyingParty; readonly challenge: Uint8Array }): Promise<PasskeyOptions>
  verifyCreation(input: {
    readonly party: RelyingParty
    readonly credential: PasskeyCredential
    readonly isChallenge: IsChallenge
  }): Promise<NewPasskey | null>
  /** `counter`: as the authenticator tells it now. */
  verifyRequest(input: {
    readonly party: RelyingParty
    readonly credential: PasskeyCredential
    readonly passkey: NewPasskey
    readonly isChallenge: IsChallenge
  }): Promise<{ readonly counter: number } | null>
}
