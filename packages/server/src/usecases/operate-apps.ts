import type {
  OperatorApp,
  OperatorAppAnswer,
  OperatorAppPolicy,
  OperatorAppsAnswer,
} from '@weapp-auth/protocol/contract'
import type { AppDefinition } from '../domain/app-definition.ts'
import type { App } from '../domain/app-policy.ts'
import type { Operator } from '../domain/operators.ts'
import { isoTime } from '../domain/phone-answer.ts'
import { ProblemError } from '../domain/problem-error.ts'
import type { AppChanges, ListedApp, ManageApps } from './manage-apps.ts'

/** Mini programs, for operators: secrets go in and never out. */
export interface OperateApps {
  list(): Promise<OperatorAppsAnswer>
  /** Throws ProblemError app_taken, or request_invalid that names the field. */
  add(input: { readonly operator: Operator; readonly app: AppDefinition }): Promise<OperatorAppAnswer>
  /** Throws ProblemError app_unknown, app_fixed, app_changed, or request_invalid that names the field. */
  change(input: {
    readonly operator: Operator
    readonly appId: string
    readonly changes: AppChanges
    readonly version?: number
  }): Promise<OperatorAppAnswer>
  /** Throws ProblemError app_unknown, app_fixed. */
  remove(input: { readonly operator: Operator; readonly appId: string }): Promise<void>
}

export function createOperateApps({ apps }: { readonly apps: ManageApps }): OperateApps {
  async function find(appId: string): Promise<OperatorApp> {
    const found = (await apps.list()).find(app => app.appId === appId)
    if (!found) throw new ProblemError('app_unknown')
    return appAnswer(found)
  }

  async function checkStored(appId: string): Promise<void> {
    if ((await find(appId)).from === 'options') throw new ProblemError('app_fixed')
  }

  return {
    async list() {
      return { apps: (await apps.list()).map(appAnswer) }
    },
    async add({ operator, app }) {
      const { status } = await apps.add(app, { by: operator.name }).catch(refuseField)
      if (status === 'exists') throw new ProblemError('app_taken')
      return { app: await find(app.appId) }
    },
    async change({ operator, appId, changes, version }) {
      await checkStored(appId)
      const options = { by: operator.name, ...(version !== undefined && { version }) }
      const { status } = await apps.change(appId, changes, options).catch(refuseField)
      if (status === 'unknown') throw new ProblemError('app_unknown')
      if (status === 'changed-meanwhile') throw new ProblemError('app_changed')
      return { app: await find(appId) }
    },
    async remove({ operator, appId }) {
      await checkStored(appId)
      const { status } = await apps.remove(appId, { by: operator.name })
      if (status === 'unknown') throw new ProblemError('app_unknown')
    },
  }
}

/** The checks of a definition name the field and its rule, and never a value. */
function refuseField(error: unknown): never {
  const [, field, rule] = error instanceof TypeError ? (/^"(?:app\.)?([\w.[\]]+)" (.*)$/.exec(error.message) ?? []) : []
  if (field === undefined) throw error
  throw new ProblemError('request_invalid', { field, detail: `"${field}" ${rule}` })
}

function appAnswer({ appId, from, policy, secretDigest, version, changedAt }: ListedApp): OperatorApp {
  return {
    appId,
    from,
    secretDigest,
    version,
    changedAt: changedAt === null ? null : isoTime(changedAt),
    policy: policy && policyAnswer(policy),
  }
}

/** Named one by one, so that a secret which a later version adds to a policy stays here. */
function policyAnswer(policy: App): OperatorAppPolicy {
  const { name, component, openData, phoneConflict, phoneCoolDownMs, phoneBudget, consentVersion } = policy
  const { sms, smsCountries, smsLimits, push, legacy } = policy
  const { perNumber, perUser, perIp, perApp } = smsLimits
  return {
    name,
    component,
    openData,
    phoneConflict,
    phoneCoolDownMs,
    phoneBudget,
    consentVersion,
    sms,
    smsCountries,
    smsLimits: { perNumber, perUser, perIp, perApp },
    push: push && { encrypted: push.encodingAesKey !== null, delayMs: push.delayMs },
    legacy: legacy && {
      doors: legacy.doors.map(({ format, step, path }) => ({ format, step, path })),
      tokenHeader: legacy.tokenHeader,
      exposeOpenId: legacy.exposeOpenId,
    },
  }
}
