import type {
  AuthenticatorSetupAnswer,
  ConsoleSessionAnswer,
  ConsoleSessionsAnswer,
  InvitationAnswer,
  InvitationLinkAnswer,
  JoinAnswer,
  OperatorAccountAnswer,
  OperatorAccountsAnswer,
  OwnCredentialsAnswer,
  PasskeyOptionsAnswer,
  RecoveryCodesAnswer,
} from '@weapp-auth/protocol/contract'
import { z } from 'zod'
import { operatorRoles } from '../domain/operators.ts'
import { nameShape as name, timeShape as time, uuidShape as uuid } from './answer-schemas.ts'

const role = z.enum(operatorRoles)
const session = name(
  'ConsoleSession',
  z.strictObject({
    id: uuid,
    way: z.enum(['passkey', 'authenticator', 'recovery']),
    browser: z.string(),
    createdAt: time,
    seenAt: time,
    idleUntil: time,
    absoluteUntil: time,
  }),
)
const publicKey = z
  .looseObject({ challenge: z.string() })
  .meta({ description: 'options of navigator.credentials, as JSON (WebAuthn Level 3, section 5.1)' })
const authenticator = z.strictObject({ key: z.string(), uri: z.string(), secret: z.string(), setup: z.string() })
const recoveryCodes = z.array(z.string())

const signedIn = {
  operator: z.strictObject({ id: uuid, name: z.string(), role }),
  session,
  provedUntil: time.nullable(),
}

export const consoleSessionAnswer = z.strictObject(signedIn) satisfies z.ZodType<ConsoleSessionAnswer>
export const passkeyOptionsAnswer = z.strictObject({ publicKey }) satisfies z.ZodType<PasskeyOptionsAnswer>
export const authenticatorSetupAnswer = z.strictObject({ authenticator }) satisfies z.ZodType<AuthenticatorSetupAnswer>
export const ownCredentialsAnswer = z.strictObject({
  passkeys: z.array(z.strictObject({ id: uuid, label: z.string(), createdAt: time, usedAt: time.nullable() })),
  authenticator: time.nullable(),
  recoveryCodesLeft: z.int(),
}) satisfies z.ZodType<OwnCredentialsAnswer>
export const recoveryCodesAnswer = z.strictObject({ recoveryCodes }) satisfies z.ZodType<RecoveryCodesAnswer>
export const consoleSessionsAnswer = z.strictObject({
  sessions: z.array(session.extend({ current: z.boolean() })),
}) satisfies z.ZodType<ConsoleSessionsAnswer>
export const invitationAnswer = z.strictObject({
  name: z.string().nullable(),
  role,
  until: time,
  ways: z.strictObject({ passkey: publicKey.nullable(), authenticator }).nullable(),
}) satisfies z.ZodType<InvitationAnswer>
export const joinAnswer = z.strictObject({ ...signedIn, recoveryCodes }) satisfies z.ZodType<JoinAnswer>

const account = name(
  'OperatorAccount',
  z.strictObject({
    id: uuid,
    name: z.string(),
    role,
    createdAt: time,
    disabledAt: time.nullable(),
    passkeys: z.int(),
    authenticator: z.boolean(),
    recoveryCodesLeft: z.int(),
    sessions: z.int(),
    seenAt: time.nullable(),
  }),
)
export const operatorAccountAnswer = z.strictObject({ operator: account }) satisfies z.ZodType<OperatorAccountAnswer>
export const operatorAccountsAnswer = z.strictObject({
  operators: z.array(account),
  programs: z.array(z.strictObject({ name: z.string(), role })),
  invitations: z.array(z.strictObject({ name: z.string().nullable(), role, invitedBy: z.string(), until: time })),
}) satisfies z.ZodType<OperatorAccountsAnswer>
export const invitationLinkAnswer = z.strictObject({
  link: z.string(),
  until: time,
}) satisfies z.ZodType<InvitationLinkAnswer>
