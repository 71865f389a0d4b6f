import { type ProblemCode, problemCodes } from '@weapp-auth/protocol/contract'
import type { PlatformResponse } from '../platform.ts'
import type { FakeServer } from './fake-server.ts'

export type AnswerRoute = (path: string, body: unknown) => PlatformResponse

export const granted = (body: object): PlatformResponse => ({ status: 200, headers: {}, body })

export function refused(code: ProblemCode, more: object = {}): PlatformResponse {
  const { status, retry, message } = problemCodes[code]
  return { status, headers: {}, body: { code, retry, message, title: message.en, status, ...more } }
}

/** Puts `answer` in the place of the server for the paths that begin so; the list of what reached it grows. */
export function answerRoutes(server: FakeServer, prefix: string, answer: AnswerRoute) {
  const honest = server.answer
  const got: { readonly path: string; readonly body: unknown }[] = []
  server.answer = request => {
    const path = request.url.replace(/^https?:\/\/[^/]+/, '')
    if (!path.startsWith(prefix)) return honest(request)
    got.push({ path, body: request.body })
    return answer(path, request.body)
  }
  return got
}
