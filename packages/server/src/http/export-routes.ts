import { adminRoutes } from '@weapp-auth/protocol/contract'
import { byteOrderMark, csv } from '../domain/csv.ts'
import { ProblemError } from '../domain/problem-error.ts'
import type { ExportFile, OperateExports } from '../usecases/operate-exports.ts'
import { askExportSchema, listExportsSchema } from './admin-schemas.ts'
import type { AuthenticateOperator } from './authenticate-operator.ts'
import type { AnswerStream } from './http-message.ts'
import { type OperatorCall, operatedBy } from './operated-by.ts'
import { emptySchema } from './operator-schemas.ts'
import { json, query } from './read-request.ts'
import type { RequestLimits } from './request-limits.ts'
import { type Route, StreamReply } from './route.ts'

export interface ExportRouteTools {
  readonly authenticate: AuthenticateOperator
  readonly exports: OperateExports
  readonly limits: Pick<RequestLimits, 'perUser'>
}

/** Tables that operators take out. */
export function createExportRoutes({ authenticate, exports, limits }: ExportRouteTools): readonly Route[] {
  const operated = operatedBy(authenticate, limits)

  const decide = (decision: 'approved' | 'declined') => (call: OperatorCall<unknown>) => {
    // The table of rights lets only people come here.
    if (!call.signedIn) throw new ProblemError('console_only')
    return exports.decide(idOf(call), decision, call.signedIn.operator)
  }

  return [
    operated('GET', adminRoutes.exports, query(listExportsSchema), ({ body }) => exports.list(body)),
    operated('POST', adminRoutes.exports, json(askExportSchema), ({ body, operator }) => exports.ask(body, operator)),
    operated('POST', adminRoutes.exportApprove, json(emptySchema), decide('approved')),
    operated('POST', adminRoutes.exportDecline, json(emptySchema), decide('declined')),
    operated('POST', adminRoutes.exportDownload, json(emptySchema), async call => {
      const { name, pages } = await exports.download(idOf(call), call.operator)
      return new StreamReply(bytesOf(pages), {
        'content-type': 'text/csv; charset=utf-8; header=present',
        'content-disposition': `attachment; filename="${name}"`,
      })
    }),
  ]
}

async function* bytesOf(pages: ExportFile['pages']): AnswerStream {
  const encoder = new TextEncoder()
  yield encoder.encode(byteOrderMark)
  for await (const rows of pages) yield encoder.encode(csv(rows))
}

/** What cannot be an id names nothing; the store is not asked. */
function idOf({ params: { id = '' } }: OperatorCall<unknown>): string {
  if (!/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/.test(id)) throw new ProblemError('export_unknown')
  return id
}
