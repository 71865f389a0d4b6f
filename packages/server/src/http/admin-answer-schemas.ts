import {
  type AlarmsAnswer,
  type AppCheckAnswer,
  type AppPushAnswer,
  type AppPushTestAnswer,
  type AuditLinesAnswer,
  type AuditVerificationAnswer,
  type BlockUserAnswer,
  type BulkExportAnswer,
  type BulkExportsAnswer,
  type ConsentCountsAnswer,
  type CostAnswer,
  consentScopes,
  type EndSessionsAnswer,
  exportKinds,
  type FunnelAnswer,
  type LatencyAnswer,
  type ListUsersAnswer,
  type OperatorAnswer,
  type OperatorAppAnswer,
  type OperatorAppsAnswer,
  type OperatorJobsAnswer,
  type OperatorKeysAnswer,
  type OperatorMergeAnswer,
  type OperatorMergePreviewAnswer,
  type OperatorUserAnswer,
  type ProblemCode,
  problemCodes,
  type RevealAnswer,
  type SearchUsersAnswer,
  type TraceAnswer,
  type TracesAnswer,
} from '@weapp-auth/protocol/contract'
import { z } from 'zod'
import { devices } from '../domain/device.ts'
import { operatorRoles } from '../domain/operators.ts'
import {
  consentShape as consent,
  mergeShape as merge,
  nameShape as name,
  next,
  phoneShape as phone,
  profileShape as profile,
  timeShape as time,
  uuidShape as uuid,
} from './answer-schemas.ts'

const hash = z.string().meta({ description: 'SHA-256, hexadecimal' })
const maskedPhone = name('MaskedPhone', phone.omit({ number: true }))

const listedUser = name(
  'ListedUser',
  z.strictObject({
    id: uuid,
    status: z.enum(['live', 'erased', 'merged']),
    createdAt: time,
    goneAt: time.nullable(),
    mergedInto: uuid.nullable(),
    phone: maskedPhone.nullable(),
  }),
)

const blocked = z.strictObject({ at: time, by: z.string(), reason: z.string() }).nullable()

const operatorUser = name(
  'OperatorUser',
  z.strictObject({
    user: listedUser,
    identities: z.array(z.strictObject({ appId: z.string(), openId: z.string(), unionId: z.string().nullable() })),
    blocked,
    phones: z.array(maskedPhone),
    profile: z.strictObject({
      nickname: z.string().nullable().meta({ description: 'its first character and two stars' }),
      avatar: z.boolean(),
    }),
    sessions: z.array(
      z.strictObject({
        id: uuid,
        appId: z.string(),
        device: z.enum(devices),
        createdAt: time,
        refreshedAt: time,
        expiresAt: time,
      }),
    ),
    consents: z.array(consent),
    merges: z.array(merge),
  }),
)

export const operatorAnswer = z.strictObject({
  name: z.string(),
  role: z.enum(operatorRoles),
}) satisfies z.ZodType<OperatorAnswer>
export const listUsersAnswer = z.strictObject({
  users: z.array(listedUser),
  next,
}) satisfies z.ZodType<ListUsersAnswer>
export const searchUsersAnswer = z.strictObject({
  by: z.enum(['id', 'open-id', 'union-id', 'phone']).nullable(),
  users: z.array(listedUser),
}) satisfies z.ZodType<SearchUsersAnswer>
export const operatorUserAnswer = operatorUser satisfies z.ZodType<OperatorUserAnswer>
export const revealAnswer = z.strictObject({ phones: z.array(phone), profile }) satisfies z.ZodType<RevealAnswer>
export const blockUserAnswer = z.strictObject({ blocked, ended: z.int() }) satisfies z.ZodType<BlockUserAnswer>
export const endSessionsAnswer = z.strictObject({ ended: z.int() }) satisfies z.ZodType<EndSessionsAnswer>
export const operatorMergePreviewAnswer = z.strictObject({
  survivor: operatorUser,
  merged: operatorUser,
  conflicts: z.array(z.enum(['phone', 'nickname', 'avatar'])),
}) satisfies z.ZodType<OperatorMergePreviewAnswer>
export const operatorMergeAnswer = z.strictObject({ merge }) satisfies z.ZodType<OperatorMergeAnswer>

const app = name(
  'OperatorApp',
  z.strictObject({
    appId: z.string(),
    from: z.enum(['options', 'store']),
    secretDigest: z.string().nullable().meta({ description: 'eight digits of the SHA-256 of the AppSecret' }),
    version: z.int().nullable(),
    changedAt: time.nullable(),
    policy: z
      .strictObject({
        name: z.string(),
        component: z.string().nullable().meta({ description: 'the third-party platform that acts for it' }),
        openData: z.enum(['off', 'enforce', 'monitor', 'unchecked']),
        phoneConflict: z.enum(['keep-both', 'reject', 'transfer']),
        phoneCoolDownMs: z.int(),
        phoneBudget: z.int().nullable(),
        consentVersion: z.string().nullable(),
        sms: z.enum(['off', 'on']),
        smsCountries: z.array(z.string()),
        smsLimits: z.strictObject({ perNumber: z.int(), perUser: z.int(), perIp: z.int(), perApp: z.int() }),
        push: z.strictObject({ encrypted: z.boolean(), delayMs: z.int() }).nullable(),
        legacy: z
          .strictObject({
            doors: z.array(z.strictObject({ format: z.string(), step: z.enum(['login', 'phone']), path: z.string() })),
            tokenHeader: z.string(),
            exposeOpenId: z.boolean(),
          })
          .nullable(),
      })
      .nullable(),
  }),
)
export const operatorAppsAnswer = z.strictObject({ apps: z.array(app) }) satisfies z.ZodType<OperatorAppsAnswer>
export const operatorAppAnswer = z.strictObject({ app }) satisfies z.ZodType<OperatorAppAnswer>

const sentence = z.strictObject({ zh: z.string(), en: z.string() })

export const appCheckAnswer = z.strictObject({
  steps: z
    .array(
      z.strictObject({
        step: z.enum(['app-id', 'secret', 'ip-allow-list', 'phone', 'push']),
        state: z.enum(['ok', 'failed', 'attention', 'unknown']),
        message: sentence,
        fix: sentence.nullable(),
        errcode: z.int().nullable(),
        rid: z.string().nullable().meta({ description: "WeChat's request id" }),
        ip: z.string().nullable().meta({ description: 'the address that WeChat saw and does not allow' }),
      }),
    )
    .readonly(),
}) satisfies z.ZodType<AppCheckAnswer>

export const appPushAnswer = z.strictObject({
  url: z.string(),
  arrivals: z.array(
    z.strictObject({
      at: time,
      what: z.enum(['url-check', 'message']),
      outcome: z.enum(['taken', 'repeated', 'ignored', 'refused']),
      detail: z.string().nullable(),
    }),
  ),
  canTest: z.boolean(),
}) satisfies z.ZodType<AppPushAnswer>

export const appPushTestAnswer = z.strictObject({
  status: z.enum(['accepted', 'refused', 'unavailable']),
  message: sentence.nullable(),
}) satisfies z.ZodType<AppPushTestAnswer>

export const operatorKeysAnswer = z.strictObject({
  keys: z.array(
    z.strictObject({
      kind: z.enum(['root', 'signing']),
      name: z.string(),
      use: z.enum(['current', 'staged', 'former']),
      since: time.nullable(),
      left: z
        .strictObject({ users: z.int(), phones: z.int(), apps: z.int(), jobs: z.int() })
        .nullable()
        .meta({ description: 'rows that only this root key opens or finds; counted once a minute' }),
    }),
  ),
}) satisfies z.ZodType<OperatorKeysAnswer>

const period = { from: time, to: time, unit: z.enum(['hour', 'day']) }

export const consentCountsAnswer = z.strictObject({
  ...period,
  consents: z.array(
    z.strictObject({
      appId: z.string(),
      scope: z.enum(consentScopes),
      version: z.string().nullable(),
      given: z.int(),
      withdrawn: z.int(),
    }),
  ),
}) satisfies z.ZodType<ConsentCountsAnswer>

export const auditLinesAnswer = z.strictObject({
  lines: z.array(
    z.strictObject({
      seq: z.int(),
      at: time,
      actor: z.enum(['wechat', 'operator', 'user', 'backend', 'server']),
      act: z.string(),
      appId: z.string().nullable(),
      subject: z.string().nullable(),
      details: z.record(z.string(), z.unknown()),
      hash,
    }),
  ),
  next,
}) satisfies z.ZodType<AuditLinesAnswer>

export const auditVerificationAnswer = z.union([
  z.strictObject({ status: z.enum(['intact', 'unfinished']), head: z.strictObject({ seq: z.int(), hash }) }),
  z.strictObject({
    status: z.literal('broken'),
    seq: z.int(),
    flaw: z.enum(['missing', 'unlinked', 'changed', 'truncated', 'not-anchored']),
  }),
]) satisfies z.ZodType<AuditVerificationAnswer>

export const operatorJobsAnswer = z.strictObject({
  jobs: z.array(
    z.strictObject({
      id: uuid,
      kind: z.string(),
      appId: z.string(),
      eventAt: time,
      dueAt: time.nullable(),
      attempts: z.int(),
      doneAt: time.nullable(),
      auditSeq: z.int().nullable(),
    }),
  ),
  next,
}) satisfies z.ZodType<OperatorJobsAnswer>

const bulkExport = name(
  'BulkExport',
  z.strictObject({
    id: uuid,
    kind: z.enum(exportKinds),
    numbers: z.enum(['masked', 'full']),
    appId: z.string().nullable(),
    from: time.nullable(),
    to: time.nullable(),
    reason: z.string(),
    askedBy: z.string(),
    askedAt: time,
    status: z.enum(['waiting', 'approved', 'used', 'declined', 'expired']),
    until: time,
    decidedBy: z.string().nullable(),
    decidedAt: time.nullable(),
    downloadsLeft: z.int(),
  }),
)
export const bulkExportsAnswer = z.strictObject({
  exports: z.array(bulkExport),
  next,
}) satisfies z.ZodType<BulkExportsAnswer>
export const bulkExportAnswer = z.strictObject({ export: bulkExport }) satisfies z.ZodType<BulkExportAnswer>

const explanation = name(
  'TraceExplanation',
  z.strictObject({
    kind: z.enum(['errcode', 'errno', 'errMsg', 'rid', 'problem']),
    subject: z.string(),
    who: z.enum(['user', 'developer', 'operator', 'wechat']),
    meaning: sentence,
    fix: sentence,
  }),
)
const story = name(
  'TraceStory',
  z.strictObject({
    id: uuid,
    requestId: z.string(),
    at: time,
    tookMs: z.number(),
    appId: z.string().nullable(),
    userId: uuid.nullable(),
    method: z.string(),
    route: z.string(),
    status: z.int(),
    code: z.string().nullable(),
    errcode: z.int().nullable().meta({ description: "WeChat's last refusal" }),
    rid: z.string().nullable(),
    steps: z.array(
      z.strictObject({
        at: time,
        afterMs: z.number(),
        type: z.string(),
        outcome: z.enum(['fine', 'failed']),
        text: sentence,
        facts: z.record(z.string(), z.union([z.string(), z.number(), z.boolean()])),
      }),
    ),
    explanations: z.array(explanation),
  }),
)
const kept = {
  stories: z.array(story),
  keeping: z.enum(['on', 'failures', 'off']).meta({ description: 'which requests are kept at all' }),
  simulator: z.string().nullable().meta({ description: 'where a phone simulator is; null: nowhere' }),
}

export const traceAnswer = z.strictObject({
  recognised: z.strictObject({
    requestId: z.string().nullable(),
    rid: z.string().nullable(),
    errcode: z.int().nullable(),
    code: z.enum(Object.keys(problemCodes) as [ProblemCode, ...ProblemCode[]]).nullable(),
    failure: z.strictObject({ api: z.string(), reason: z.string() }).nullable(),
  }),
  explanations: z.array(explanation).meta({ description: 'of the text itself' }),
  ...kept,
}) satisfies z.ZodType<TraceAnswer>

export const tracesAnswer = z.strictObject({ ...kept, next }) satisfies z.ZodType<TracesAnswer>

const counts = z.record(z.string(), z.int())
const funnel = {
  logins: z.int(),
  newUsers: z.int(),
  loginsRefused: counts.meta({ description: 'by code' }),
  phones: counts.meta({ description: 'by way' }),
  phonesRefused: counts.meta({ description: 'by way and code' }),
  wechat: counts.meta({ description: 'answers of WeChat by call, outcome and errcode' }),
  tokensRenewed: z.int(),
  tokensLost: z.int(),
  client: name(
    'ClientFunnel',
    z.strictObject({
      shown: z.int(),
      tapped: z.int(),
      agreed: z.int(),
      declined: counts.meta({ description: 'by cause' }),
      bound: z.int(),
      firstTapped: z.int(),
      firstBound: z.int(),
      firstTapShare: z.number().nullable().meta({ description: 'firstBound of firstTapped' }),
    }),
  )
    .exactOptional()
    .meta({ description: 'what phones told; absent when none did' }),
}
export const funnelAnswer = z.strictObject({
  ...period,
  total: name('Funnel', z.strictObject(funnel)),
  steps: z.array(z.strictObject({ at: time, ...funnel })),
}) satisfies z.ZodType<FunnelAnswer>

const alarm = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('token-lost'), appId: z.string(), count: z.int() }),
  z.strictObject({ kind: z.literal('budget'), appId: z.string(), used: z.int(), budget: z.int() }),
  z.strictObject({ kind: z.literal('wechat-away'), appId: z.string() }),
  z.strictObject({ kind: z.literal('clock-skew'), aheadMs: z.int() }),
])
export const alarmsAnswer = z.strictObject({
  alarms: z.array(name('OperatorAlarm', alarm)),
}) satisfies z.ZodType<AlarmsAnswer>

const milliseconds = z.number().meta({ description: 'milliseconds' })
const latencies = z.record(
  z.string(),
  name('Latency', z.strictObject({ count: z.int(), p50: milliseconds, p95: milliseconds, p99: milliseconds })),
)
const latency = { own: latencies, wechat: latencies }

export const latencyAnswer = z.strictObject({
  ...period,
  total: z.strictObject(latency),
  steps: z.array(z.strictObject({ at: time, ...latency })),
}) satisfies z.ZodType<LatencyAnswer>

const cost = { paidPhones: z.int(), messages: z.int() }
const yuan = z.number().meta({ description: 'yuan' })
export const costAnswer = z.strictObject({
  ...period,
  ...cost,
  price: yuan,
  amount: yuan,
  monthly: yuan,
  apps: z.array(
    z.strictObject({ appId: z.string(), ...cost, amount: yuan, today: z.int(), budget: z.int().nullable() }),
  ),
  steps: z.array(z.strictObject({ at: time, ...cost })),
}) satisfies z.ZodType<CostAnswer>
