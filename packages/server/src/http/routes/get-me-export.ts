import type { ExportAnswer } from '@weapp-auth/protocol/contract'
import type { ExportMe } from '../../usecases/export-me.ts'
import type { GuardedCall } from '../route.ts'

export function getMeExport(exportMe: ExportMe) {
  return ({ session }: GuardedCall<undefined>): Promise<ExportAnswer> => exportMe(session)
}
