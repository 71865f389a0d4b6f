import { type CodeToSessionOutcome, readCodeToSession } from '@weapp-auth/protocol/wechat'
import { isCode } from './is-code.ts'
import { refusalFault, saidNo } from './refusal-fault.ts'
import type { Refusal } from './send.ts'
import type { WechatTools } from './wechat-tools.ts'

const api = 'codeToSession'

/**
 * Exchanges a login code. Without an answer it asks once more with the same code; if WeChat then calls the code
 * invalid or used, our own first request has most likely spent it, and the outcome is `code-used`.
 */
export const createCodeToSession = ({ send, appOf, deadline, now }: WechatTools) =>
  async function codeToSession(input: {
    readonly appId: string
    readonly code: string
  }): Promise<CodeToSessionOutcome> {
    const { appId, code } = input
    const { askForSession } = appOf(api, appId)
    if (!isCode(code)) return { status: 'code-invalid' }
    const until = deadline()
    const reply = await askForSession(code, request =>
      send({ api, appId, request, read: readCodeToSession, spends: true, repeatLost: true, deadline: until }),
    )
    return reply.status === 'ok' ? { status: 'ok', session: reply.value } : outcomeOf(reply.refusal, now())
  }

function outcomeOf(refusal: Refusal, now: number): CodeToSessionOutcome {
  switch (refusal.errcode) {
    case 40029:
      return { status: refusal.afterLost ? 'code-used' : 'code-invalid', ...saidNo(refusal) }
    case 40163:
      return { status: 'code-used', ...saidNo(refusal) }
    case 40226:
      return { status: 'user-blocked', ...saidNo(refusal) }
    default:
      throw refusalFault(api, refusal, now)
  }
}
