import type {
  AskBulkExportRequest,
  EndSessionsRequest,
  OperatorEraseRequest,
  OperatorMergePreviewRequest,
  OperatorMergeRequest,
  OperatorMergeUndoRequest,
  RevealRequest,
  SearchUsersRequest,
  TraceRequest,
} from '@weapp-auth/protocol/contract'
import { exportKinds } from '@weapp-auth/protocol/contract'
import { z } from 'zod'
import type { AppDefinition } from '../domain/app-definition.ts'
import { type LegacyFormat, legacyFormats } from '../domain/legacy-policy.ts'
import { listedRows } from '../domain/limits.ts'
import type { JobPlace } from '../ports/job-store.ts'
import type { AppChanges } from '../usecases/manage-apps.ts'
import type { PeriodQuery } from '../usecases/read-tallies.ts'
import { appIdField as appId, digits, nonceField as nonce, textField as text } from './schemas.ts'

/* As in schemas.ts every rule reads after the name of its field. */

const userId = text(/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/, 'must be a user id')
const rowId = text(/^[0-9a-f-]{36}$/, 'must be an id of an answer')
const visible = '\\x21-\\x7e\\u00a1-\\u1fff\\u2010-\\u2027\\u2030-\\u205e\\u2070-\\ud7ff\\uf900-\\uffef'
/** Nothing that breaks a line or turns its direction, so that no line of a report can be forged. */
export const reasonField = text(
  new RegExp(`^[${visible}][${visible} ]{2,198}[${visible}]$`),
  'must be 4 to 200 visible characters in one line, without personal data',
)

function whole(least: number, most: number) {
  const rule = `must be a whole number from ${least} to ${most}`
  return z.int({ error: rule }).min(least, { error: rule }).max(most, { error: rule })
}

const reason = reasonField
const limit = digits(1, listedRows).exactOptional()
const rows = Number.MAX_SAFE_INTEGER

export const noQuerySchema = z.strictObject({})
export const listUsersSchema = z.strictObject({ after: userId.exactOptional(), limit })
export const searchUsersSchema = z.strictObject({
  q: text(/^[\x21-\x7e]{1,128}$/, 'must be 1 to 128 visible ASCII characters'),
}) satisfies z.ZodType<SearchUsersRequest>
export const revealSchema = z.strictObject({ reason }) satisfies z.ZodType<RevealRequest>
export const eraseSchema = z.strictObject({ reason, nonce }) satisfies z.ZodType<OperatorEraseRequest>
export const endSessionsSchema = z.strictObject({
  session: rowId.exactOptional(),
}) satisfies z.ZodType<EndSessionsRequest>
export const operatorMergePreviewSchema = z.strictObject({
  from: userId,
}) satisfies z.ZodType<OperatorMergePreviewRequest>
export const operatorMergeSchema = z.strictObject({
  from: userId,
  reason,
  nonce,
}) satisfies z.ZodType<OperatorMergeRequest>
export const operatorMergeUndoSchema = z.strictObject({
  mergeId: rowId,
  reason,
}) satisfies z.ZodType<OperatorMergeUndoRequest>

export const auditLinesSchema = z.strictObject({
  after: digits(1, rows).exactOptional(),
  subject: text(/^[\x21-\x7e]{1,64}$/, 'must be the id of a user').exactOptional(),
  limit,
})
export const auditOfUserSchema = auditLinesSchema.omit({ subject: true })
export const auditVerificationSchema = z
  .strictObject({
    seq: digits(0, rows).exactOptional(),
    hash: text(/^[0-9a-f]{64}$/, 'must be 64 hexadecimal digits').exactOptional(),
  })
  .refine(({ seq, hash }) => (seq === undefined) === (hash === undefined), {
    path: ['hash'],
    error: 'must come with "seq"',
  })

const jobPlace = text(/^\d{1,15}~[0-9a-f-]{36}$/, 'must be "next" of an answer').transform((place): JobPlace => {
  const [at = '', id = ''] = place.split('~')
  return { at: Number(at), id }
})
export const jobsSchema = z.strictObject({
  which: z.enum(['waiting', 'done'], { error: 'must be waiting or done' }).exactOptional(),
  after: jobPlace.exactOptional(),
  limit,
})

const isPasted = { error: 'must be text of 1 to 4000 characters' }
export const traceSchema = z.strictObject({
  text: z.string(isPasted).min(1, isPasted).max(4000, isPasted),
}) satisfies z.ZodType<TraceRequest>
export const tracesSchema = z.strictObject({ after: rowId.exactOptional(), limit })

const time = z.iso.datetime({ offset: true, error: 'must be a time such as 2026-11-21T00:00:00Z' })
export const periodSchema = z.strictObject({
  from: time.exactOptional(),
  to: time.exactOptional(),
  app: appId.exactOptional(),
}) satisfies z.ZodType<PeriodQuery>

export const listExportsSchema = z.strictObject({ after: rowId.exactOptional(), limit })
export const askExportSchema = z
  .strictObject({
    kind: z.enum(exportKinds, { error: `must be one of ${exportKinds.join(', ')}` }),
    numbers: z.enum(['masked', 'full'], { error: 'must be masked or full' }).exactOptional(),
    appId: appId.exactOptional(),
    from: time.exactOptional(),
    to: time.exactOptional(),
    reason,
  })
  .refine(({ kind, numbers }) => numbers !== 'full' || kind === 'users', {
    path: ['numbers'],
    error: 'can be full only of users',
  })
  .refine(({ from, to }) => from === undefined || to === undefined || Date.parse(from) < Date.parse(to), {
    path: ['from'],
    error: 'must be before "to"',
  }) satisfies z.ZodType<AskBulkExportRequest>

/*
 * The shape of a definition. What hangs together (old formats need openData, SMS needs a provider) is checked by
 * `readAppDefinition`, which serves the configuration file as well.
 */
const isObject = { error: 'must be an object with the fields of the document' }
const isFormats = { error: `must be a list of ${legacyFormats.join(', ')}` }
const isCodes = { error: 'must be a list of country calling codes such as 86' }
const isName = { error: 'must be text of at most 64 characters' }
const path = text(/^\/[A-Za-z0-9._~/-]{1,127}$/, 'must be a path such as /wx/login')
const doors = z.strictObject({ login: path.exactOptional(), phone: path.exactOptional() }, isObject)
const count = whole(0, Number.MAX_SAFE_INTEGER)
const yes = z.boolean({ error: 'must be true or false' })

const appFields = {
  name: z.string(isName).max(64, isName),
  component: appId,
  openData: z.enum(['off', 'enforce', 'monitor', 'unchecked'], {
    error: 'must be one of off, enforce, monitor, unchecked',
  }),
  phoneConflict: z.enum(['keep-both', 'reject', 'transfer'], {
    error: 'must be one of keep-both, reject, transfer',
  }),
  phoneCoolDownMs: whole(3_600_000, 366 * 86_400_000),
  phoneBudget: count,
  consentVersion: text(/^[A-Za-z0-9._-]{1,64}$/, 'must be 1 to 64 characters of A-Z a-z 0-9 . _ -'),
  sms: z.enum(['off', 'on'], { error: 'must be off or on' }),
  smsCountries: z
    .array(text(/^[1-9]\d{0,3}$/, 'must be a country calling code such as 86'), isCodes)
    .min(1, isCodes)
    .max(300, isCodes),
  smsLimits: z.strictObject(
    {
      perNumber: count.exactOptional(),
      perUser: count.exactOptional(),
      perIp: count.exactOptional(),
      perApp: count.exactOptional(),
    },
    isObject,
  ),
  push: z.strictObject(
    {
      token: text(/^[A-Za-z0-9]{3,32}$/, 'must be 3 to 32 letters and digits'),
      encodingAesKey: text(/^[A-Za-z0-9+/]{43}$/, 'must be 43 characters of A-Z a-z 0-9 + /').exactOptional(),
      delayMs: whole(0, 7 * 86_400_000).exactOptional(),
    },
    isObject,
  ),
  legacy: z.strictObject(
    {
      formats: z.array(z.enum(legacyFormats, isFormats), isFormats).max(legacyFormats.length, isFormats),
      paths: z
        .strictObject(
          {
            '000': doors.exactOptional(),
            '001': doors.exactOptional(),
            '002': doors.exactOptional(),
            '003a': doors.exactOptional(),
            '003b': doors.exactOptional(),
            '004': doors.exactOptional(),
          } satisfies Record<LegacyFormat, z.ZodType>,
          isObject,
        )
        .exactOptional(),
      tokenHeader: text(/^[A-Za-z0-9-]{1,64}$/, 'must be 1 to 64 characters of A-Z a-z 0-9 -').exactOptional(),
      exposeOpenId: yes.exactOptional(),
    },
    isObject,
  ),
  sendOpenId: yes,
}
type AppFields = typeof appFields
const secret = text(/^[\x21-\x7e]{8,256}$/, 'must be 8 to 256 visible ASCII characters')

/** Fields that may be absent, and in a change `null` for the default. */
function mapFields<M>(change: (field: AppFields[keyof AppFields]) => z.ZodType): M {
  return Object.fromEntries(Object.entries(appFields).map(([name, field]) => [name, change(field)])) as M
}

type Optional = { readonly [F in keyof AppFields]: z.ZodExactOptional<AppFields[F]> }
type Clearable = { readonly [F in keyof AppFields]: z.ZodExactOptional<z.ZodNullable<AppFields[F]>> }

const noCeiling = { phoneBudget: count.nullable().exactOptional() }
const noVersion = { consentVersion: appFields.consentVersion.nullable().exactOptional() }

export const addAppSchema = z.strictObject({
  appId,
  secret: secret.exactOptional(),
  ...mapFields<Optional>(field => z.exactOptional(field)),
  ...noCeiling,
  ...noVersion,
}) satisfies z.ZodType<AppDefinition>

export const changeAppSchema = z.strictObject({
  changes: z.strictObject(
    { secret: secret.nullable().exactOptional(), ...mapFields<Clearable>(field => z.exactOptional(z.nullable(field))) },
    { error: 'must be an object of fields, each new or null for its default' },
  ),
  version: whole(1, Number.MAX_SAFE_INTEGER).exactOptional(),
}) satisfies z.ZodType<{ readonly changes: AppChanges; readonly version?: number }>
