// Reads better whole: one row for each route of the operators.
import { adminRoutes } from '@weapp-auth/protocol/contract'
import { auditStart } from '../domain/audit-entry.ts'
import { ProblemError } from '../domain/problem-error.ts'
import type { CheckApp } from '../usecases/check-app.ts'
import type { OperateApps } from '../usecases/operate-apps.ts'
import type { OperateUsers } from '../usecases/operate-users.ts'
import type { ReadAlarms } from '../usecases/read-alarms.ts'
import type { ReadLedgers } from '../usecases/read-ledgers.ts'
import type { ReadTallies } from '../usecases/read-tallies.ts'
import type { ReadTraces } from '../usecases/read-traces.ts'
import type { WatchPushes } from '../usecases/watch-pushes.ts'
import {
  addAppSchema,
  auditLinesSchema,
  auditOfUserSchema,
  auditVerificationSchema,
  changeAppSchema,
  endSessionsSchema,
  eraseSchema,
  jobsSchema,
  listUsersSchema,
  noQuerySchema,
  operatorMergePreviewSchema,
  operatorMergeSchema,
  operatorMergeUndoSchema,
  periodSchema,
  revealSchema,
  searchUsersSchema,
  traceSchema,
  tracesSchema,
} from './admin-schemas.ts'
import type { AuthenticateOperator } from './authenticate-operator.ts'
import { type OperatorCall, operatedBy } from './operated-by.ts'
import { json, nothing, query } from './read-request.ts'
import type { RequestLimits } from './request-limits.ts'
import type { Route } from './route.ts'

export interface AdminRouteTools {
  readonly authenticate: AuthenticateOperator
  readonly users: OperateUsers
  readonly apps: OperateApps
  readonly checkApp: CheckApp
  readonly pushes: WatchPushes
  readonly ledgers: ReadLedgers
  readonly tallies: ReadTallies
  readonly traces: ReadTraces
  readonly alarms: Pick<ReadAlarms, 'alarms'>
  readonly limits: Pick<RequestLimits, 'perUser'>
}

/** The operators' API. */
export function createAdminRoutes({
  authenticate,
  users,
  apps,
  checkApp,
  pushes,
  ledgers,
  tallies,
  traces,
  alarms,
  limits,
}: AdminRouteTools): readonly Route[] {
  const operated = operatedBy(authenticate, limits)

  /** Who does what to whom. */
  const act = <Body extends object>({ operator, params, requestId, body }: OperatorCall<Body>) => ({
    ...body,
    operator,
    userId: userIdOf(params),
    requestId,
  })

  return [
    operated('GET', adminRoutes.operator, query(noQuerySchema), async ({ operator }) => ({ ...operator })),
    operated('GET', adminRoutes.users, query(listUsersSchema), ({ body }) => users.list(body)),
    operated('POST', adminRoutes.userSearch, json(searchUsersSchema), ({ body, operator }) =>
      users.search({ ...body, operator }),
    ),
    operated('GET', adminRoutes.user, query(noQuerySchema), ({ params }) => users.read(userIdOf(params))),
    operated('GET', adminRoutes.userEvents, query(auditOfUserSchema), ({ body, params }) =>
      ledgers.audit({ ...body, subject: userIdOf(params) }),
    ),
    operated('POST', adminRoutes.userReveal, json(revealSchema), call => users.reveal(act(call))),
    operated('POST', adminRoutes.userExport, json(revealSchema), call => users.export(act(call))),
    operated('POST', adminRoutes.userErase, json(eraseSchema), call => users.erase(act(call))),
    operated('POST', adminRoutes.userSessionsEnd, json(endSessionsSchema), call => users.endSessions(act(call))),
    operated('POST', adminRoutes.userBlock, json(revealSchema), call => users.block(act(call))),
    operated('POST', adminRoutes.userUnblock, json(revealSchema), call => users.unblock(act(call))),
    operated('POST', adminRoutes.userMergePreview, json(operatorMergePreviewSchema), call =>
      users.previewMerge(act(call)),
    ),
    operated('POST', adminRoutes.userMerge, json(operatorMergeSchema), call => users.merge(act(call))),
    operated('POST', adminRoutes.userMergeUndo, json(operatorMergeUndoSchema), call => users.undoMerge(act(call))),

    operated('GET', adminRoutes.apps, query(noQuerySchema), () => apps.list()),
    operated('POST', adminRoutes.apps, json(addAppSchema), ({ body, operator }) => apps.add({ app: body, operator })),
    operated('PATCH', adminRoutes.app, json(changeAppSchema), ({ body, params, operator }) =>
      apps.change({ ...body, appId: appIdOf(params), operator }),
    ),
    operated('DELETE', adminRoutes.app, nothing, async ({ params, operator }) => {
      await apps.remove({ appId: appIdOf(params), operator })
      return undefined
    }),

    operated('POST', adminRoutes.appCheck, nothing, ({ params }) => checkApp(appIdOf(params))),
    operated('GET', adminRoutes.appPush, query(noQuerySchema), async ({ params }) => pushes.read(appIdOf(params))),
    operated('POST', adminRoutes.appPushTest, nothing, ({ params }) => pushes.test(appIdOf(params))),

    operated('GET', adminRoutes.keys, query(noQuerySchema), () => ledgers.keys()),
    operated('GET', adminRoutes.audit, query(auditLinesSchema), ({ body }) => ledgers.audit(body)),
    operated('GET', adminRoutes.auditVerification, query(auditVerificationSchema), ({ body: { seq, hash } }) =>
      ledgers.verification(seq === undefined || hash === undefined ? auditStart : { seq, hash }),
    ),
    operated('GET', adminRoutes.jobs, query(jobsSchema), ({ body: { which = 'waiting', after = null, ...page } }) =>
      ledgers.jobs({ ...page, which, after }),
    ),
    operated('POST', adminRoutes.trace, json(traceSchema), ({ body }) => traces.trace(body.text)),
    operated('GET', adminRoutes.traces, query(tracesSchema), ({ body }) => traces.failures(body)),
    operated('GET', adminRoutes.userTraces, query(tracesSchema), ({ body, params }) =>
      traces.ofUser(userIdOf(params), body),
    ),
    operated('GET', adminRoutes.consents, query(periodSchema), ({ body }) => tallies.consents(body)),
    operated('GET', adminRoutes.funnel, query(periodSchema), ({ body }) => tallies.funnel(body)),
    operated('GET', adminRoutes.cost, query(periodSchema), ({ body }) => tallies.cost(body)),
    operated('GET', adminRoutes.latency, query(periodSchema), ({ body }) => tallies.latency(body)),
    operated('GET', adminRoutes.alarms, query(noQuerySchema), () => alarms.alarms()),
  ]
}

/** What cannot be an id names nobody; the store is not asked. */
function userIdOf({ id = '' }: Readonly<Record<string, string>>): string {
  if (!/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/.test(id)) throw new ProblemError('user_unknown')
  return id
}

function appIdOf({ appId = '' }: Readonly<Record<string, string>>): string {
  if (!/^[A-Za-z0-9_-]{1,64}$/.test(appId)) throw new ProblemError('app_unknown')
  return appId
}
