import type { WireRequest } from '@weapp-auth/protocol/wechat'
import type { AccessToken } from './access-token.ts'
import { isTokenRefusal } from './refusal-fault.ts'
import type { Reply, Send } from './send.ts'

/** One mini program of {@link WechatTools}. */
export interface AppTools {
  /** Asks for the session of a login code, with the app's own secret or for it, as its third-party platform. */
  readonly askForSession: <T>(code: string, ask: (request: WireRequest) => Promise<Reply<T>>) => Promise<Reply<T>>
  readonly token: AccessToken
  /** Asks WeChat for a token now, whatever is kept; of a third-party platform's app the one that is kept. */
  readonly freshToken: () => Promise<string>
  readonly sendOpenId: boolean
}

/** What the calls share. */
export interface WechatTools {
  readonly send: Send
  /** Throws WechatFault for an app that was not given. */
  appOf(api: string, appId: string): AppTools
  /** When a call that begins now must have ended, by the timer. */
  deadline(): number
  /** The time of day. */
  now(): number
}

/** Asks with the token at hand; when WeChat refuses the token, exactly once more with another one. */
export async function withAccessToken<T>(
  token: AccessToken,
  ask: (accessToken: string) => Promise<Reply<T>>,
): Promise<Reply<T>> {
  const accessToken = await token.current()
  const reply = await ask(accessToken)
  if (reply.status === 'ok' || !isTokenRefusal(reply.refusal)) return reply
  return ask(await token.replace(accessToken))
}
