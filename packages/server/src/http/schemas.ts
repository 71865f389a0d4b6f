import {
  type ConsentRequest,
  consentScopes,
  type LoginPhoneRequest,
  type LoginRequest,
  type LogoutAllRequest,
  type LogoutRequest,
  type MergePreviewRequest,
  type MergeRequest,
  type MergeUndoRequest,
  type PhoneProof,
  type PhoneRequest,
  type ProfileOpenDataRequest,
  type ProfileRequest,
  type SmsRequest,
  type SmsVerifyRequest,
  type StepsRequest,
  type TokenRequest,
} from '@weapp-auth/protocol/contract'
import { z } from 'zod'
import { listedRows } from '../domain/limits.ts'
import type { RefreshGrant } from '../usecases/refresh-by-grant.ts'

/*
 * Strict objects: a field we do not know is refused, so nothing that could carry an identity slips through.
 * Every rule reads after the name of its field: `"nonce" must be …`.
 */

function text(pattern: RegExp, rule: string) {
  return z.string({ error: rule }).regex(pattern, { error: rule })
}

const appId = text(/^[A-Za-z0-9_-]{1,64}$/, 'must be 1 to 64 characters of A-Z a-z 0-9 _ -')
/** WeChat's codes have no other characters, so nothing can be smuggled into its URL. */
const code = text(/^[A-Za-z0-9_-]{1,128}$/, 'must be 1 to 128 characters of A-Z a-z 0-9 _ -')
const nonce = text(/^[A-Za-z0-9_-]{16,128}$/, 'must be 16 to 128 characters of A-Z a-z 0-9 _ -')
const refreshToken = text(/^[A-Za-z0-9_-]{1,128}$/, 'must be 1 to 128 characters of A-Z a-z 0-9 _ -')
const loginId = text(/^[0-9a-f-]{36}$/, 'must be the loginId of an answer of POST /v1/login')
/** Only bounded here: what is wrong with a ciphertext is told to nobody. */
const sized = { error: 'must be 1 to 4096 characters' }
const ciphertext = z.string(sized).min(1, sized).max(4096, sized)

const phoneProof = {
  code: code.exactOptional(),
  encryptedData: ciphertext.exactOptional(),
  iv: ciphertext.exactOptional(),
}

interface Gap {
  readonly path: readonly (keyof PhoneRequest | keyof ProfileOpenDataRequest)[]
  readonly message: string
}

function gapOf({ code, encryptedData, iv }: PhoneProof): Gap | null {
  if (encryptedData !== undefined && iv === undefined)
    return { path: ['iv'], message: 'must come with "encryptedData"' }
  if (iv !== undefined && encryptedData === undefined)
    return { path: ['encryptedData'], message: 'must come with "iv"' }
  if (code !== undefined || encryptedData !== undefined) return null
  return { path: ['code'], message: 'must be there, or "encryptedData" and "iv" together' }
}

function complain(
  gap: Gap | null,
  context: { addIssue(issue: { code: 'custom'; path: PropertyKey[]; message: string }): void },
) {
  if (gap) context.addIssue({ code: 'custom', path: [...gap.path], message: gap.message })
}

export const loginSchema = z.strictObject({ appId, code, nonce }) satisfies z.ZodType<LoginRequest>

export const phoneSchema = z
  .strictObject({ ...phoneProof, loginId: loginId.exactOptional(), nonce })
  .superRefine((body, context) => {
    const unnamed = body.code === undefined && body.loginId === undefined
    const gap: Gap | null = unnamed ? { path: ['loginId'], message: 'must come with "encryptedData"' } : null
    complain(gapOf(body) ?? gap, context)
  }) satisfies z.ZodType<PhoneRequest>

export const loginPhoneSchema = z.strictObject({
  appId,
  code,
  nonce,
  phone: z
    .strictObject(phoneProof, { error: 'must be an object with what the phone button gave' })
    .superRefine((proof, context) => complain(gapOf(proof), context)),
}) satisfies z.ZodType<LoginPhoneRequest>

const e164 = text(/^\+[1-9]\d{6,14}$/, 'must be a phone number in E.164, such as +8613800138000')
const smsId = text(/^[0-9a-f-]{36}$/, 'must be the smsId of an answer of POST /v1/sms')
const smsCode = text(/^\d{6}$/, 'must be 6 digits')

export const smsSchema = z.strictObject({ number: e164, nonce }) satisfies z.ZodType<SmsRequest>

export const smsVerifySchema = z.strictObject({ smsId, code: smsCode, nonce }) satisfies z.ZodType<SmsVerifyRequest>

export const tokenSchema = z.strictObject({ refreshToken, nonce }) satisfies z.ZodType<TokenRequest>

export const logoutSchema = z.strictObject({ refreshToken }) satisfies z.ZodType<LogoutRequest>

export const logoutAllSchema = z.strictObject({
  keep: z.enum(['this', 'none'], { error: 'must be this or none' }).exactOptional(),
}) satisfies z.ZodType<LogoutAllRequest>

const sum = { error: 'must be a whole number from 0 to 1000' }
const stepCount = z.int(sum).min(0, sum).max(1000, sum).exactOptional()
export const stepsSchema = z.strictObject({
  appId,
  steps: z.strictObject(
    {
      shown: stepCount,
      tapped: stepCount,
      firstTapped: stepCount,
      agreed: stepCount,
      declined: stepCount,
      notPermitted: stepCount,
      quota: stepCount,
      privacy: stepCount,
      other: stepCount,
      bound: stepCount,
      firstBound: stepCount,
    },
    { error: 'must be an object with a count for each step' },
  ),
}) satisfies z.ZodType<StepsRequest>

/*
 * OAuth: other parameters are ignored, as RFC 6749, section 3.2, demands. What is no token of ours is not wrong, only
 * unknown (RFC 7009, section 2.2).
 */
const sizedToken = { error: 'must be 1 to 2048 characters' }
const anyToken = z.string(sizedToken).min(1, sizedToken).max(2048, sizedToken)
const sizedCredential = { error: 'must be text of at most 256 characters' }
const credential = z.string(sizedCredential).max(256, sizedCredential)

export const tokenFormSchema = z.object({
  token: anyToken,
  client_id: credential.exactOptional(),
  client_secret: credential.exactOptional(),
})

export const grantFormSchema = z.object({
  grant_type: credential,
  refresh_token: anyToken,
  client_id: appId,
  nonce: nonce.exactOptional(),
}) satisfies z.ZodType<RefreshGrant>

export const appIdQuerySchema = z.strictObject({ appId })

export const profileSchema = z.strictObject({
  nickname: z.string({ error: 'must be text or null' }).nullable().exactOptional(),
}) satisfies z.ZodType<ProfileRequest>

export const profileOpenDataSchema = z
  .strictObject({
    loginId,
    encryptedData: ciphertext.exactOptional(),
    iv: ciphertext.exactOptional(),
    rawData: ciphertext.exactOptional(),
    signature: ciphertext.exactOptional(),
  })
  .superRefine((body, context) => {
    const whole = ([one, other]: readonly ['encryptedData' | 'rawData', 'iv' | 'signature']) => {
      const [has, hasOther] = [body[one] !== undefined, body[other] !== undefined]
      if (has !== hasOther)
        complain({ path: [has ? other : one], message: `must come with "${has ? one : other}"` }, context)
      return has || hasOther
    }
    const any = [whole(['encryptedData', 'iv']), whole(['rawData', 'signature'])].includes(true)
    if (!any)
      complain({ path: ['encryptedData'], message: 'must be there, or "rawData" and "signature" together' }, context)
  }) satisfies z.ZodType<ProfileOpenDataRequest>

export const consentSchema = z.strictObject({
  scope: z.enum(consentScopes, { error: `must be one of ${consentScopes.join(', ')}` }),
  version: text(/^[A-Za-z0-9._-]{1,64}$/, 'must be 1 to 64 characters of A-Z a-z 0-9 . _ -'),
  textHash: text(/^[0-9a-f]{64}$/, 'must be 64 hexadecimal digits in lower case').exactOptional(),
  nonce,
}) satisfies z.ZodType<ConsentRequest>

const mergeCode = text(/^[A-Za-z0-9_-]{1,128}$/, 'must be the code of an answer of POST /v1/me/merge/code')

export const mergePreviewSchema = z.strictObject({ code: mergeCode }) satisfies z.ZodType<MergePreviewRequest>
export const mergeSchema = z.strictObject({ code: mergeCode, nonce }) satisfies z.ZodType<MergeRequest>
export const mergeUndoSchema = z.strictObject({
  mergeId: text(/^[0-9a-f-]{36}$/, 'must be merge.id of an answer of POST /v1/me/merge'),
}) satisfies z.ZodType<MergeUndoRequest>

/** Digits of a query as a number. */
export function digits(least: number, most: number) {
  const rule = `must be a whole number from ${least} to ${most}`
  return text(/^\d{1,15}$/, rule)
    .transform(Number)
    .refine(value => value >= least && value <= most, { error: rule })
}

const limit = digits(1, listedRows).exactOptional()
const isNext = 'must be "next" of an answer'
export const historySchema = z.strictObject({ after: text(/^[0-9a-f-]{36}$/, isNext).exactOptional(), limit })
export const consentHistorySchema = z.strictObject({
  after: text(/^([0-9a-f]{2}){1,64}$/, isNext).exactOptional(),
  limit,
})

export const erasureSchema = z.strictObject({ nonce })

export { appId as appIdField, nonce as nonceField, text as textField }
