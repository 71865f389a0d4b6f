import {
  type ConsentAnswer,
  type ConsentsAnswer,
  consentScopes,
  type ErasureAnswer,
  type ExportAnswer,
  type HealthAnswer,
  type IntrospectionAnswer,
  type LoginAnswer,
  type LoginPhoneAnswer,
  type LogoutAllAnswer,
  type MeAnswer,
  type MergeAnswer,
  type MergeCodeAnswer,
  type MergePreviewAnswer,
  type MergesAnswer,
  type OauthProblem,
  type OauthTokenAnswer,
  type PhoneAnswer,
  type PhonesAnswer,
  type Problem,
  type ProblemCode,
  type ProfileAnswer,
  type ProfileOpenDataAnswer,
  problemCodes,
  type SessionsAnswer,
  type SmsAnswer,
  type TokenAnswer,
  type WechatAccessTokenAnswer,
} from '@weapp-auth/protocol/contract'
import { z } from 'zod'
import { devices } from '../domain/device.ts'

/*
 * The answers of the API. The document is made of these schemas, and the tests hold every answer of the server to
 * them; the server itself does not check what it has just written.
 */

const names = new Map<z.ZodType, string>()
/** Schemas that the document names; all others are written where they are used. */
export const named: ReadonlyMap<z.ZodType, string> = names

function name<Schema extends z.ZodType>(id: string, schema: Schema): Schema {
  names.set(schema, id)
  return schema
}

const time = z.iso.datetime().meta({ description: 'ISO 8601, UTC' })
const uuid = z.uuid()
const masked = z.string().meta({ description: 'first three and last two digits', examples: ['138******00'] })
const change = z.enum(['bound', 'replaced', 'unchanged'])
const appId = z.string()

const phone = name(
  'Phone',
  z.strictObject({
    number: z.string().meta({ description: 'E.164', examples: ['+8613800138000'] }),
    masked,
    countryCode: z.string(),
    source: z.enum(['phone-code', 'open-data', 'sms']),
    verifiedAt: time,
    replacedAt: time.nullable(),
    replacedReason: z.enum(['transferred', 'merged']).exactOptional(),
  }),
)

const profile = z.strictObject({ nickname: z.string().nullable(), avatarUrl: z.url().nullable() })

const user = name(
  'User',
  z.strictObject({
    id: uuid,
    phone: phone.nullable(),
    profile,
    createdAt: time,
  }),
)

const tokens = name('Tokens', z.strictObject({ accessToken: z.string(), expiresIn: z.int(), refreshToken: z.string() }))

const consent = name(
  'Consent',
  z.strictObject({
    appId,
    scope: z.enum(consentScopes),
    status: z.enum(['given', 'withdrawn']),
    version: z.string().nullable(),
    textHash: z.string().nullable(),
    at: time,
  }),
)

const session = name(
  'Session',
  z.strictObject({
    id: uuid,
    appId,
    device: z.enum(devices),
    createdAt: time,
    refreshedAt: time,
    expiresAt: time,
    current: z.boolean(),
  }),
)

const login = { user, created: z.boolean(), tokens, loginId: uuid }

export const loginAnswer = z.strictObject(login) satisfies z.ZodType<LoginAnswer>
export const loginPhoneAnswer = z.strictObject({ ...login, change }) satisfies z.ZodType<LoginPhoneAnswer>
export const phoneAnswer = z.strictObject({ change, phone }) satisfies z.ZodType<PhoneAnswer>
export const smsAnswer = z.strictObject({
  smsId: uuid,
  expiresIn: z.int(),
  resendAfter: z.int(),
}) satisfies z.ZodType<SmsAnswer>
export const tokenAnswer = z.strictObject({ tokens }) satisfies z.ZodType<TokenAnswer>
export const logoutAllAnswer = z.strictObject({ ended: z.int() }) satisfies z.ZodType<LogoutAllAnswer>
export const userAnswer = z.strictObject({ user }) satisfies z.ZodType<MeAnswer & ProfileAnswer>
export const next = z.string().nullable().meta({ description: '`after` of the next page; null: there is none' })
export const phonesAnswer = z.strictObject({ phones: z.array(phone), next }) satisfies z.ZodType<PhonesAnswer>
export const sessionsAnswer = z.strictObject({ sessions: z.array(session) }) satisfies z.ZodType<SessionsAnswer>
export const profileOpenDataAnswer = z.strictObject({
  user,
  recognised: z.enum(['real', 'anonymous']),
}) satisfies z.ZodType<ProfileOpenDataAnswer>
export const consentAnswer = z.strictObject({ consent }) satisfies z.ZodType<ConsentAnswer>
export const consentsAnswer = z.strictObject({ consents: z.array(consent), next }) satisfies z.ZodType<ConsentsAnswer>
export const erasureAnswer = z.strictObject({ erasedAt: time }) satisfies z.ZodType<ErasureAnswer>

export const exportAnswer = z.strictObject({
  exportedAt: time,
  user,
  identities: z.array(z.strictObject({ appId, openId: z.string(), unionId: z.string().nullable() })),
  phones: z.array(phone),
  consents: z.array(consent),
  sessions: z.array(
    z.strictObject({
      id: uuid,
      appId,
      createdAt: time,
      idleUntil: time,
      absoluteUntil: time,
      endedAt: time.nullable(),
    }),
  ),
}) satisfies z.ZodType<ExportAnswer>

const mergeSide = name(
  'MergeSide',
  z.strictObject({
    createdAt: time,
    profile,
    identities: z.array(z.strictObject({ appId })),
    phones: z.array(z.strictObject({ masked, countryCode: z.string(), current: z.boolean() })),
    consents: z.array(consent),
  }),
)
const merge = name(
  'Merge',
  z.strictObject({
    id: uuid,
    mergedUserId: uuid,
    mergedAt: time,
    undoUntil: time.nullable(),
    undoneAt: time.nullable(),
  }),
)
export const mergeCodeAnswer = z.strictObject({
  code: z.string(),
  expiresIn: z.int(),
}) satisfies z.ZodType<MergeCodeAnswer>
export const mergePreviewAnswer = z.strictObject({
  survivor: mergeSide,
  merged: mergeSide,
  conflicts: z.array(z.enum(['phone', 'nickname', 'avatar'])),
}) satisfies z.ZodType<MergePreviewAnswer>
export const mergeAnswer = z.strictObject({ merge, user }) satisfies z.ZodType<MergeAnswer>
export const mergesAnswer = z.strictObject({ merges: z.array(merge), next }) satisfies z.ZodType<MergesAnswer>

export const introspectionAnswer = z.union([
  z.strictObject({
    active: z.literal(true),
    token_type: z.literal('Bearer').exactOptional(),
    token_use: z.enum(['access_token', 'refresh_token']),
    iss: z.string(),
    aud: z.string(),
    sub: uuid.meta({ description: 'user id' }),
    client_id: appId,
    sid: uuid.meta({ description: 'session id' }),
    exp: z.int().meta({ description: 'seconds since 1970' }),
  }),
  z.strictObject({ active: z.literal(false) }),
]) satisfies z.ZodType<IntrospectionAnswer>

export const oauthTokenAnswer = z.strictObject({
  access_token: z.string(),
  token_type: z.literal('Bearer'),
  expires_in: z.int(),
  refresh_token: z.string(),
}) satisfies z.ZodType<OauthTokenAnswer>

export const nothingAnswer = z.strictObject({})
export const wechatAccessTokenAnswer = z.strictObject({
  accessToken: z.string(),
}) satisfies z.ZodType<WechatAccessTokenAnswer>
export const metadataAnswer = z.looseObject({ issuer: z.url(), jwks_uri: z.url() })
export const jwksAnswer = z.strictObject({
  keys: z.array(z.looseObject({ kty: z.literal('OKP'), crv: z.literal('Ed25519'), x: z.string(), kid: z.string() })),
})
export const healthAnswer = z.strictObject({ status: z.literal('ok') }) satisfies z.ZodType<HealthAnswer>

const sentence = z.strictObject({ zh: z.string(), en: z.string() })
const codes = Object.keys(problemCodes) as [ProblemCode, ...ProblemCode[]]

/** Every refusal (RFC 9457). */
export const problem = name(
  'Problem',
  z.strictObject({
    type: z.string(),
    title: z.string(),
    status: z.int(),
    code: z.enum(codes),
    message: sentence,
    fix: sentence,
    retry: z.enum(['never', 'login', 'tap', 'later']),
    field: z.string().exactOptional(),
    detail: z.string().exactOptional(),
    attemptsLeft: z.int().exactOptional(),
    retryAfterMs: z.number().exactOptional(),
    requestId: z.string(),
  }),
) satisfies z.ZodType<Problem>

/** Refusals of the OAuth endpoints (RFC 6749, section 5.2). */
export const oauthProblemAnswer = name(
  'OauthProblem',
  z.strictObject({
    error: z.enum(['invalid_request', 'invalid_client', 'invalid_grant', 'unsupported_grant_type', 'server_error']),
    error_description: z.string(),
    code: z.enum(codes),
    requestId: z.string(),
  }),
) satisfies z.ZodType<OauthProblem>

export {
  consent as consentShape,
  merge as mergeShape,
  name as nameShape,
  phone as phoneShape,
  profile as profileShape,
  time as timeShape,
  uuid as uuidShape,
}
