import type {
  AddPasskeyRequest,
  AuthenticatorProofRequest,
  AuthenticatorSignInRequest,
  ChangeOperatorRequest,
  InviteOperatorRequest,
  JoinByAuthenticatorRequest,
  JoinByPasskeyRequest,
  PasskeyCredential,
  PasskeySignInRequest,
  ReadInvitationRequest,
  RecoverySignInRequest,
  ReinviteOperatorRequest,
  SetAuthenticatorRequest,
} from '@weapp-auth/protocol/contract'
import { z } from 'zod'
import { operatorRoles } from '../domain/operators.ts'
import { reasonField as reason } from './admin-schemas.ts'
import { textField as text } from './schemas.ts'

/* As in schemas.ts every rule reads after the name of its field. */

const name = text(/^[A-Za-z0-9_.@-]{1,64}$/, 'must be 1 to 64 characters of A-Z a-z 0-9 _ . @ -')
const role = z.enum(operatorRoles, { error: 'must be viewer, support or admin' })
const label = text(/^[^\p{C}\p{Z}](?:[^\p{C}]{0,62}[^\p{C}\p{Z}])?$/u, 'must be 1 to 64 visible characters')
const key = text(/^[A-Za-z0-9 -]{32,64}$/, 'must be the sign-in key')
const sixDigits = text(/^\d{6}$/, 'must be six digits')
const recoveryCode = text(/^[A-Za-z0-9 -]{24,48}$/, 'must be a recovery code')
const setup = text(/^[A-Za-z0-9_-]{64,256}$/, 'must be "setup" of an answer')
const invitation = text(/^[A-Za-z0-9_-]{43}$/, 'must be what stands in the link')

/* Only bounded here: whether it is what an authenticator made, is found out by its signature. */
const isCredential = { error: 'must be what toJSON() of the credential says' }
const base64url = text(/^[A-Za-z0-9_-]{1,8192}$/, 'must be base64url')
const credential: z.ZodType<PasskeyCredential> = z
  .object(
    {
      id: text(/^[A-Za-z0-9_-]{1,1364}$/, 'must be base64url of at most 1023 bytes'),
      rawId: text(/^[A-Za-z0-9_-]{1,1364}$/, 'must be base64url of at most 1023 bytes'),
      type: z.literal('public-key', { error: 'must be public-key' }),
      response: z.object(
        {
          clientDataJSON: base64url,
          attestationObject: base64url.exactOptional(),
          authenticatorData: base64url.exactOptional(),
          signature: base64url.exactOptional(),
        },
        isCredential,
      ),
    },
    isCredential,
  )
  .transform(shown => ({ ...shown, clientExtensionResults: {} }))

export const emptySchema = z.strictObject({})
export const passkeySignInSchema = z.strictObject({ credential }) satisfies z.ZodType<PasskeySignInRequest>
export const authenticatorSignInSchema = z.strictObject({
  name,
  key,
  code: sixDigits,
}) satisfies z.ZodType<AuthenticatorSignInRequest>
export const recoverySignInSchema = z.strictObject({
  name,
  code: recoveryCode,
}) satisfies z.ZodType<RecoverySignInRequest>
export const authenticatorProofSchema = z.strictObject({
  key,
  code: sixDigits,
}) satisfies z.ZodType<AuthenticatorProofRequest>
export const addPasskeySchema = z.strictObject({ label, credential }) satisfies z.ZodType<AddPasskeyRequest>
export const setAuthenticatorSchema = z.strictObject({
  setup,
  key,
  code: sixDigits,
}) satisfies z.ZodType<SetAuthenticatorRequest>

const invited = { invitation, name: name.exactOptional() }
export const readInvitationSchema = z.strictObject(invited) satisfies z.ZodType<ReadInvitationRequest>
export const joinByPasskeySchema = z.strictObject({
  ...invited,
  label,
  credential,
}) satisfies z.ZodType<JoinByPasskeyRequest>
export const joinByAuthenticatorSchema = z.strictObject({
  ...invited,
  setup,
  key,
  code: sixDigits,
}) satisfies z.ZodType<JoinByAuthenticatorRequest>

export const inviteOperatorSchema = z.strictObject({ name, role }) satisfies z.ZodType<InviteOperatorRequest>
export const reinviteOperatorSchema = z.strictObject({ reason }) satisfies z.ZodType<ReinviteOperatorRequest>
export const changeOperatorSchema = z.strictObject({
  role: role.exactOptional(),
  disabled: z.boolean({ error: 'must be true or false' }).exactOptional(),
  reason,
}) satisfies z.ZodType<ChangeOperatorRequest>
