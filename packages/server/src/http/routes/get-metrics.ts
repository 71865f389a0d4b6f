import { ProblemError } from '../../domain/problem-error.ts'
import { createBackendSecrets } from '../../keys/backend-secrets.ts'
import { type Call, FileReply } from '../route.ts'

/** What `GET /metrics` shows, and to whom. */
export interface MetricsSource {
  /** `read` of `createMetrics`. */
  readonly read: () => Promise<{ readonly contentType: string; readonly text: string }>
  /** The scraper sends it as a Bearer token; 24 to 256 visible ASCII characters. Default: anybody may read. */
  readonly token?: string
}

/** @throws TypeError `"metrics.token" must be …` */
export function getMetrics({ read, token }: MetricsSource) {
  if (token !== undefined && !/^[\x21-\x7e]{24,256}$/.test(token))
    throw new TypeError('"metrics.token" must be 24 to 256 visible ASCII characters')
  const knows = createBackendSecrets(token === undefined ? [] : [{ id: 'metrics', secret: token }])

  return async ({ headers }: Call<undefined>): Promise<FileReply> => {
    const [, shown = ''] = /^Bearer (.*)$/i.exec(headers.get('authorization') ?? '') ?? []
    if (token !== undefined && !knows('metrics', shown))
      throw new ProblemError(shown === '' ? 'token_missing' : 'token_invalid')
    const { contentType, text } = await read()
    return new FileReply(new TextEncoder().encode(text), { 'content-type': contentType })
  }
}
